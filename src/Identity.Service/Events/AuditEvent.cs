using System.Text.Json;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Events;

/// <summary>
/// An audited decision. Derived records define the data of each event; this class writes the common members. The chain
/// covers exactly these bytes, so the order of members never changes.
/// </summary>
internal abstract record AuditEvent
{
    /// <summary>One of <see cref="AuditEvents"/>.</summary>
    public abstract string Name { get; }

    public required DateTimeOffset At { get; init; }

    public required AuditCause Cause { get; init; }

    /// <summary>Null for decisions of the installation itself.</summary>
    public string? OrganizationId { get; init; }

    public IReadOnlyList<AuditResource> Resources { get; init; } = [];

    public AuditStatus Status { get; init; } = AuditStatus.Success;

    /// <summary>Writes the members of <c>event_data</c> into an open object. Never write a secret.</summary>
    protected abstract void WriteData(Utf8JsonWriter json);

    /// <summary>The stored form: compact UTF-8 JSON in this fixed order.</summary>
    public RentedBytes Encode()
    {
        var json = RentedJson.Begin();
        json.WriteStartObject();
        json.WriteString("event", Name);
        json.WriteString("at", At.UtcDateTime);
        WriteOptional(json, "organization_id", OrganizationId);
        WriteOptional(json, "request_id", Cause.RequestId);
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
        WriteOptional(json, "reason", Status.Reason);
        WriteOptional(json, "detail", Status.Detail);
        json.WriteEndObject();
        json.WriteStartObject("event_data");
        WriteData(json);
        json.WriteEndObject();
        json.WriteEndObject();
        return RentedJson.End();
    }

    /// <summary>Writes a string member, or null: the member itself is always present.</summary>
    protected static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteString(name, value);
        }
    }
}
