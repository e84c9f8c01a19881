# --- shown ---
print("version")
# --- end ---
