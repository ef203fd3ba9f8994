using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>Something that was decided about a registered certificate.</summary>
internal abstract record TunnelCertificateEvent(RegisteredCertificate Certificate) : AuditEvent;
