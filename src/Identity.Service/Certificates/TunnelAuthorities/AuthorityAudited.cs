using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>A state change of a tunnel's authority, with the authority after it.</summary>
internal sealed record AuthorityAudited(string EventName, TunnelAuthority Authority) : AuditEvent
{
    public override string Name => EventName;

    public AuthorityState? From { get; init; }

    public string? Reason { get; init; }

    /// <summary>The override before the step, which cleared it; null = the record's own.</summary>
    public AuthorityOverride? Override { get; init; }

    public AuthorityGuards Waived { get; init; }

    /// <summary>The parties that had not acknowledged when an administrator's override activated it.</summary>
    public IReadOnlyList<ActivationBlocker> Overridden { get; init; } = [];

    public TunnelAuthority? Retired { get; init; }

    protected override void WriteData(Utf8JsonWriter json)
    {
        json.WriteString("certificate_authority_id", Authority.Id.Value);
        json.WriteString("tunnel_id", Authority.TunnelId.Value);
        json.WriteString("name", Authority.Name);
        json.WriteString("custody", WireNames.Of(Authority.Custody));
        json.WriteString("state", WireNames.Of(Authority.State));
        WriteOptional(json, "previous_state", From is { } from ? WireNames.Of(from) : null);
        WriteOptional(json, "reason", Reason);
        WriteOptional(json, "certificate_fingerprint", Authority.Fingerprint);
        WriteOptional(json, "submitted_by", Authority.SubmittedBy);
        WriteOptional(json, "approved_by", Authority.ApprovedBy);
        WriteOptional(json, "tunnel_certificate_id", Authority.RegisteredCertificateId?.Value);
        WriteOptional(json, "retired_authority_id", Retired?.Id.Value);
        var taken = Override ?? Authority.Override;
        WriteOptional(json, "override_by", taken?.By);
        WriteOptional(json, "override_reason", taken?.Reason);
        json.WriteStartArray("overridden");
        foreach (var blocker in Overridden)
        {
            json.WriteStartObject();
            json.WriteString("kind", blocker.KindName);
            json.WriteString("id", blocker.Id);
            json.WriteString("since", blocker.Since.UtcDateTime);
            json.WriteNumber("needed_epoch", blocker.NeededEpoch);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("waived");
        foreach (var guard in Enum.GetValues<AuthorityGuards>())
        {
            if (guard != AuthorityGuards.None && Waived.HasFlag(guard))
            {
                json.WriteStringValue(WireNames.Of(guard));
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in Authority.Findings)
        {
            json.WriteStringValue(finding.Code);
        }

        json.WriteEndArray();
    }
}
