using System.Text.Json;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Events;

/// <summary>
/// An audited decision. The chain covers exactly the bytes of <see cref="Encode"/>, so the order of members never changes.
/// </summary>
/// <remarks>
/// Each event is declared once, in the folder of its capability: as a record that derives from this one, or, where the
/// events of one entity have different members, as a method of a static class. A declaration contains all that follows
/// from the entity; the caller adds the origin.
/// </remarks>
/// <param name="Name">One of <see cref="AuditEvents"/>.</param>
/// <param name="OrganizationId">Null for decisions of the installation itself.</param>
/// <param name="Data">The members of <c>event_data</c>.</param>
internal record AuditEvent(
    string Name,
    AuditOrigin Origin,
    string? OrganizationId,
    IReadOnlyList<AuditResource> Resources,
    AuditData Data
)
{
    public AuditStatus Status { get; init; } = AuditStatus.Success;

    public DateTimeOffset At => Origin.At;

    public AuditCause Cause => Origin.Cause;

    /// <summary>Writes the members of <c>event_data</c> into an open object.</summary>
    protected virtual void WriteData(Utf8JsonWriter json) => Data.WriteTo(json);

    /// <summary>The stored form: compact UTF-8 JSON in this fixed order.</summary>
    public RentedBytes Encode()
    {
        var json = RentedJson.Begin();
        json.WriteStartObject();
        json.WriteString("event", Name);
        json.WriteString("at", At.UtcDateTime);
        json.WriteString("organization_id", OrganizationId);
        json.WriteString("request_id", Cause.RequestId);
        json.WritePropertyName("actor");
        Cause.Actor.WriteTo(json);
        json.WriteStartArray("resources");
        foreach (var resource in Resources)
        {
            json.WriteStartObject();
            json.WriteString("type", resource.Type);
            json.WriteString("id", resource.Id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("status");
        json.WriteString("outcome", Status.Outcome);
        json.WriteString("reason", Status.Reason);
        json.WriteString("detail", Status.Detail);
        json.WriteEndObject();
        json.WriteStartObject("event_data");
        WriteData(json);
        json.WriteEndObject();
        json.WriteEndObject();
        return RentedJson.End();
    }
}
