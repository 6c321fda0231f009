// Shows our own files and asks nobody else.
window.ui = SwaggerUIBundle({
  urls: [
    { url: '/openapi/ipp.yaml', name: 'In-Person Payments (merchant)' },
    { url: '/openapi/kassa.yaml', name: 'Kassa (merchant)' },
    { url: '/openapi/order-management.yaml', name: 'Order Management (merchant)' },
    { url: '/openapi/pos.yaml', name: 'POS (device)' },
    { url: '/openapi/playground.yaml', name: 'Playground (faults)' },
  ],
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
});
