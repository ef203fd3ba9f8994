using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>A row of <c>call_approvals</c> with its tunnel's organization.</summary>
internal sealed record CallApprovalRow
{
    public required string Id { get; init; }

    public required long Ordinal { get; init; }

    public required string TunnelId { get; init; }

    [NotMapped]
    public required string OrganizationId { get; init; }

    public required string Binding { get; init; }

    /// <summary>The binding until the request is used or expires.</summary>
    public string? LiveBinding { get; init; }

    public required string CallerKey { get; init; }

    /// <summary>A <see cref="CallApprovalRequest"/> as JSON.</summary>
    public required string Description { get; init; }

    public required long Approvers { get; init; }

    /// <summary>The stored state; see <see cref="GetState"/>.</summary>
    public required string State { get; init; }

    public required long CreatedAtMs { get; init; }

    public required long ExpiresAtMs { get; init; }

    public string? FirstBy { get; init; }

    public string? FirstPerson { get; init; }

    public long? FirstAtMs { get; init; }

    public string? DecidedBy { get; init; }

    public long? DecidedAtMs { get; init; }

    public string? Reason { get; init; }

    public long? UsedAtMs { get; init; }

    public CallApprovalRequest Call =>
        JsonSerializer.Deserialize(Description, WireJson.Default.CallApprovalRequest)
        ?? throw new InvalidOperationException("The description of an approval is null.");

    public string GetState(DateTimeOffset now) =>
        State != CallApprovalState.Used && ExpiresAtMs <= now.ToStore() ? CallApprovalState.Expired : State;
}
