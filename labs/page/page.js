// The keys of the page, and the selection that tree and hex share. All that is
// shown stands in the page already; the script only reads it.
(() => {
'use strict';
const root = document.documentElement;
const $ = (s, in_ = document) => in_.querySelector(s);
const $$ = (s, in_ = document) => [...in_.querySelectorAll(s)];
const make = (tag, cls, text) => {
	const e = document.createElement(tag);
	if (cls) e.className = cls;
	if (text !== undefined) e.textContent = text;
	return e;
};
root.classList.add('js');
let serial = 0, printing = false;
const panels = new Map(); // element -> panel, once opened
const records = $$('.rec > details');
const summaryOf = d => d.firstElementChild;

// A panel is a tree beside its bytes, ready for keys.
function ready(el) {
	if (panels.has(el)) return panels.get(el);
	const p = { el, tree: $('.tree', el), side: $('.side', el), items: [], at: null, lit: null };
	panels.set(el, p);
	p.tree.setAttribute('role', 'tree');
	p.dumps = $$('figure', el).map(dumpOf);
	p.about = make('div', 'about');
	p.about.id = 'about' + ++serial;
	p.side.append(p.about);
	for (const li of $$('li', p.tree)) p.items.push(item(li, p));
	for (const d of p.dumps) listenBytes(p, d);
	p.tree.addEventListener('keydown', e => treeKey(p, e));
	p.tree.addEventListener('click', e => treeClick(p, e));
	new ResizeObserver(() => p.dumps.forEach(d => fit(d))).observe(p.side);
	select(p, p.items.find(i => i.li.hasAttribute('data-e')) || p.items[0]);
	return p;
}

// item makes one field an item of the tree: its row, then its kids.
function item(li, p) {
	const row = make('div', 'f');
	row.id = 'f-' + ++serial;
	const fold = $(':scope > details', li);
	if (fold) {
		const kids = fold.lastElementChild;
		row.append(...fold.firstElementChild.childNodes);
		kids.setAttribute('role', 'group');
		li.replaceChildren(row, kids);
		li.setAttribute('aria-expanded', String(fold.open));
	} else {
		row.append(...li.childNodes);
		li.append(row);
	}
	const link = $(':scope > a', row), it = { li, row };
	if (link) {
		const b = make('b', '', link.textContent);
		it.note = link.hash.slice(1);
		link.replaceWith(b);
	}
	li.setAttribute('role', 'treeitem');
	li.setAttribute('aria-labelledby', row.id);
	li.setAttribute('aria-selected', 'false');
	li.tabIndex = -1;
	if (li.dataset.b) [it.s, it.o, it.n] = li.dataset.b.split(' ').map(Number);
	li.it = it;
	return it;
}

// dumpOf reads the bytes of a figure back from its text.
function dumpOf(fig) {
	const pre = $('pre', fig), d = { fig, pre, bytes: [], text: '', per: 0, rows: [], cursor: 0 };
	for (const line of pre.textContent.split('\n')) {
		if (!line) continue;
		const n = Math.ceil(line.slice(6, 54).trimEnd().length / 3);
		for (let i = 0; i < n; i++) d.bytes.push(line.slice(6 + 3 * i, 8 + 3 * i));
		d.text += line.slice(55, 55 + n);
	}
	pre.tabIndex = 0;
	pre.setAttribute('role', 'group');
	pre.setAttribute('aria-label', 'Bytes: ' + $('figcaption', fig).textContent + '. Arrows go from byte to byte.');
	return d;
}

// fit breaks the bytes into rows that have room: 16, or 8.
function fit(d) {
	const probe = make('span', '', '0'.repeat(50));
	d.pre.append(probe);
	const room = (d.pre.clientWidth - 24) / (probe.getBoundingClientRect().width / 50);
	probe.remove();
	if (!(room > 0)) return;
	const per = room >= 71 ? 16 : 8;
	if (per === d.per) return;
	d.per = per;
	d.rows = [];
	d.pre.textContent = '';
	for (let at = 0; at < d.bytes.length; at += per) {
		const row = make('div');
		row.append(make('span', 'o', at.toString(16).padStart(4, '0') + '  '), make('span', 'h'), make('span', 't'));
		d.rows.push(row);
		d.pre.append(row);
		draw(d, d.rows.length - 1, d.lit);
	}
	if (d.lit) reveal(d);
}

// draw writes the bytes of one row, those that are lit between marks.
function draw(d, r, lit) {
	const from = r * d.per, to = Math.min(from + d.per, d.bytes.length);
	const a = lit ? Math.min(Math.max(from, lit[0]), to) : to, b = lit ? Math.max(Math.min(to, lit[1]), a) : to;
	const h = d.rows[r].children[1], t = d.rows[r].children[2];
	const part = (x, y) => d.bytes.slice(x, y).join(' ');
	h.replaceChildren();
	t.replaceChildren();
	t.append('  ' + '   '.repeat(d.per - (to - from)) + d.text.slice(from, a));
	if (a > from) h.append(part(from, a) + (a < to ? ' ' : ''));
	if (b > a) {
		h.append(make('mark', '', part(a, b)), b < to ? ' ' : '');
		t.append(make('mark', '', d.text.slice(a, b)));
	}
	if (to > b) h.append(part(b, to));
	t.append(d.text.slice(b, to));
}

// light marks a span of a dump, and takes the light from the one before.
function light(d, lit) {
	const was = d.lit;
	d.lit = lit;
	if (!d.per) fit(d);
	const stale = new Set();
	for (const s of [was, lit])
		if (s && d.per) for (let r = Math.floor(s[0] / d.per); r * d.per < s[1] && r < d.rows.length; r++) stale.add(r);
	for (const r of stale) draw(d, r, lit);
	if (lit) reveal(d);
}

// reveal scrolls a dump, and not the page, to what is lit.
function reveal(d) {
	const r = d.rows[Math.min(Math.floor(d.lit[0] / d.per), d.rows.length - 1)];
	if (!r) return;
	const top = r.offsetTop - d.pre.offsetTop, h = r.offsetHeight;
	if (top < d.pre.scrollTop + h || top + 3 * h > d.pre.scrollTop + d.pre.clientHeight) d.pre.scrollTop = top - 2 * h;
}

// select makes a field the one that tree, hex and note are about.
function select(p, it, focus) {
	if (!it) return;
	for (let up = it.li.parentElement.closest('[role=treeitem]'); up; up = up.parentElement.closest('[role=treeitem]')) up.setAttribute('aria-expanded', 'true');
	if (p.at) {
		p.at.li.setAttribute('aria-selected', 'false');
		p.at.li.removeAttribute('aria-describedby');
		p.at.li.tabIndex = -1;
	}
	p.at = it;
	it.li.setAttribute('aria-selected', 'true');
	it.li.setAttribute('aria-describedby', p.about.id);
	it.li.tabIndex = 0;
	p.dumps.forEach((d, i) => {
		d.fig.hidden = it.s !== undefined && i !== it.s;
		light(d, i === it.s && it.n > 0 ? [it.o, it.o + it.n] : null);
	});
	tell(p, it);
	if (focus) {
		it.li.focus({ preventScroll: true });
		it.row.scrollIntoView({ block: 'nearest' });
	}
}

// tell writes what the field is: its value, where its bytes are, its note.
function tell(p, it) {
	const name = $(':scope > b', it.row).textContent, value = $(':scope > span', it.row), err = $(':scope > em', it.row);
	p.about.replaceChildren(make('b', '', name));
	if (value) p.about.append(' ', make('span', 'v', value.textContent));
	if (err) p.about.append(' ', make('em', '', err.textContent));
	let where = 'worked out by code; no bytes of its own';
	if (it.s !== undefined) {
		const d = p.dumps[it.s], shown = d.bytes.slice(it.o, it.o + Math.min(it.n, 12)).join(' ');
		where = (it.n === 1 ? '1 byte' : it.n + ' bytes') + ' at ' + it.o.toString(16).padStart(4, '0') + (it.n ? ': ' + shown + (it.n > 12 ? ' …' : '') : '');
	}
	p.about.append(make('span', 'w', where));
	const note = it.note && document.getElementById(it.note);
	if (note) p.about.append(note.lastElementChild.textContent);
	p.about.scrollTop = 0;
}

const isOpen = li => li.getAttribute('aria-expanded') === 'true';
const hasKids = li => li.hasAttribute('aria-expanded');
const fold = (li, open) => li.setAttribute('aria-expanded', String(open));
const above = li => li.parentElement.closest('[role=treeitem]');
const kids = li => li.lastElementChild.children;

// after and before are the rows that one sees below and above.
function after(li) {
	if (hasKids(li) && isOpen(li)) return kids(li)[0];
	for (; li; li = above(li)) if (li.nextElementSibling) return li.nextElementSibling;
	return null;
}
function before(li) {
	if (!li.previousElementSibling) return above(li);
	for (li = li.previousElementSibling; hasKids(li) && isOpen(li);) li = kids(li)[kids(li).length - 1];
	return li;
}
function lastOf(li) {
	while (hasKids(li) && isOpen(li)) li = kids(li)[kids(li).length - 1];
	return li;
}

function treeKey(p, e) {
	if (e.ctrlKey || e.metaKey || e.altKey) return;
	const li = p.at.li;
	let to = null;
	switch (e.key) {
	case 'ArrowDown': to = after(li); break;
	case 'ArrowUp': to = before(li); break;
	case 'Home': to = p.items[0].li; break;
	case 'End': to = lastOf(p.items[0].li); break;
	case 'ArrowRight':
		if (hasKids(li) && !isOpen(li)) fold(li, true);
		else if (hasKids(li)) to = kids(li)[0];
		break;
	case 'ArrowLeft':
		if (hasKids(li) && isOpen(li) && above(li)) fold(li, false);
		else if (above(li)) to = above(li);
		else summaryOf(p.el.closest('details')).focus();
		break;
	case 'Enter': case ' ':
		if (hasKids(li)) fold(li, !isOpen(li));
		break;
	default: return;
	}
	e.preventDefault();
	e.stopPropagation();
	if (to) select(p, to.it, true);
}

// A click selects; a second one, or one on the mark before it, opens.
function treeClick(p, e) {
	const li = e.target.closest('[role=treeitem]');
	if (!li) return;
	const mark = e.clientX < li.it.row.getBoundingClientRect().left + 22;
	if (hasKids(li) && (mark || p.at === li.it)) fold(li, !isOpen(li));
	select(p, li.it, true);
}

// listenBytes lets a byte lead to the smallest field that it is in.
function listenBytes(p, d) {
	const s = p.dumps.indexOf(d);
	const go = at => {
		d.cursor = Math.max(0, Math.min(at, d.bytes.length - 1));
		let best = null;
		for (const it of p.items) if (it.s === s && d.cursor >= it.o && d.cursor < it.o + it.n && (!best || it.n <= best.n)) best = it;
		if (!best) return;
		select(p, best);
		best.row.scrollIntoView({ block: 'nearest' });
		$('#live').textContent = 'byte ' + d.cursor.toString(16).padStart(4, '0') + ', ' + d.bytes[d.cursor] + ': ' + best.row.textContent;
	};
	d.pre.addEventListener('focus', () => { if (d.lit) d.cursor = d.lit[0]; });
	d.pre.addEventListener('click', e => {
		const row = d.rows.find(r => { const b = r.getBoundingClientRect(); return e.clientY >= b.top && e.clientY < b.bottom; });
		if (!row || !getSelection().isCollapsed) return;
		const h = row.children[1].getBoundingClientRect(), n = Math.ceil(row.children[1].textContent.trimEnd().length / 3);
		const col = Math.floor((e.clientX - h.left) / (h.width / (3 * n - 1)) / 3);
		if (col >= 0 && col < n) go(d.rows.indexOf(row) * d.per + col);
	});
	d.pre.addEventListener('keydown', e => {
		const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: d.per, ArrowUp: -d.per }[e.key];
		if (!by || e.ctrlKey || e.metaKey || e.altKey) return;
		e.preventDefault();
		e.stopPropagation();
		const next = d.cursor + by;
		if (next >= 0 && next < d.bytes.length) go(next);
	});
}

// Records: they open, and the arrows go from one to the next.
const panelOf = d => { const el = $('.panel', d); return el && ready(el); };
function openRecord(d) {
	d.open = true;
	for (const el of $$('.panel', d)) ready(el);
}
function step(d, by) {
	const next = records[records.indexOf(d) + by];
	if (!next) return null;
	summaryOf(next).focus();
	return next;
}
for (const d of records) {
	d.addEventListener('toggle', e => { if (e.target === d && d.open && !printing) openRecord(d); });
	d.addEventListener('keydown', e => {
		if (e.ctrlKey || e.metaKey || e.altKey) return;
		const on = e.target === summaryOf(d);
		if (e.key === '[' || e.key === ']') {
			const next = step(d, e.key === ']' ? 1 : -1);
			if (next && !on) { openRecord(next); const p = panelOf(next); if (p) select(p, p.at, true); }
		} else if (e.key === 'Escape' && !on) summaryOf(d).focus();
		else if (!on) return;
		else if (e.key === 'ArrowDown') step(d, 1);
		else if (e.key === 'ArrowUp') step(d, -1);
		else if (e.key === 'Home') summaryOf(records[0]).focus();
		else if (e.key === 'End') summaryOf(records[records.length - 1]).focus();
		else if (e.key === 'ArrowLeft') d.open = false;
		else if (e.key === 'ArrowRight' && !d.open) openRecord(d);
		else if (e.key === 'ArrowRight') { const p = panelOf(d); if (p) select(p, p.at, true); }
		else return;
		e.preventDefault();
	});
}

// A link to a field opens the record around it, and selects it.
function follow() {
	const to = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
	if (!to) return;
	const more = to.closest('details.more');
	if (more) more.open = true;
	const d = to.matches('.rec') ? to.firstElementChild : to.closest('.rec > details');
	if (!d) return to.scrollIntoView({ block: 'nearest' });
	openRecord(d);
	const li = to.closest('.tree li');
	if (li) select(ready(li.closest('.panel')), li.it, true);
	else summaryOf(d).focus();
}
addEventListener('hashchange', follow);
document.addEventListener('click', e => {
	const a = e.target.closest('a[href^="#"]');
	if (a && a.hash === location.hash) follow();
});

// On paper all is open.
let closed = [];
addEventListener('beforeprint', () => {
	printing = true;
	closed = $$('details:not([open])');
	for (const d of closed) d.open = true;
});
addEventListener('afterprint', () => {
	for (const d of closed) d.open = false;
	printing = false;
});

const themes = [['', 'as the system'], ['light', 'light'], ['dark', 'dark']];
let theme = 0;
const does = {
	open: () => records.forEach(openRecord),
	close: () => records.forEach(d => { d.open = false; }),
	theme: b => {
		theme = (theme + 1) % themes.length;
		if (themes[theme][0]) root.dataset.theme = themes[theme][0];
		else delete root.dataset.theme;
		b.textContent = 'Colours: ' + themes[theme][1];
	},
	keys: b => {
		const k = $('#keys');
		k.hidden = !k.hidden;
		b.setAttribute('aria-expanded', String(!k.hidden));
	},
};
for (const b of $$('[data-do]')) b.addEventListener('click', () => does[b.dataset.do](b));
$('.tools').hidden = false;
follow();
})();
