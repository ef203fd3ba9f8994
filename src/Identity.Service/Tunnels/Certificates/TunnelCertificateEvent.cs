using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal abstract record TunnelCertificateEvent(RegisteredCertificate Certificate) : AuditEvent;
