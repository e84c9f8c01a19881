# --- shown ---
openssl version
# --- end ---
