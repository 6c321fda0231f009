// A page with a live part has one line to the server, while it is seen. The line says that
// something has happened; the part then asks for itself again.
'use strict';
(() => {
  if (!document.querySelector('[data-live]')) {
    return;
  }
  let line = null;
  const look = () => htmx.trigger(document.body, 'kassa:changed');
  const open = () => {
    if (!line && !document.hidden) {
      line = new EventSource('/portal/live');
      line.addEventListener('changed', look);
    }
  };
  const close = () => {
    if (line) {
      line.close();
      line = null;
    }
  };
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      close();
    } else {
      open();
      look();
    }
  });
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', open);
})();
