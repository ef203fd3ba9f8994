using System.Text.Json;
using Culvert.Identity.Service.Audit;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A step in the life of a tunnel's authority.</summary>
internal sealed record AuthorityAudited(string EventName, TunnelAuthority Authority) : AuditEvent
{
    public override string Name => EventName;

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("certificate_authority_id", Authority.Id.Value);
        json.WriteString("tunnel_id", Authority.TunnelId.Value);
        json.WriteString("name", Authority.Name);
        json.WriteString("custody", AuthorityDocument.Sealed);
        json.WriteString("state", AuthorityStates.NameOf(Authority.State));
        WriteOptional(json, "certificate_fingerprint", Authority.Fingerprint);
        WriteOptional(json, "submitted_by", Authority.SubmittedBy);
        WriteOptional(json, "tunnel_certificate_id", Authority.RegisteredCertificateId?.Value);
    }
}
