using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>The optional body of an approval.</summary>
/// <param name="Replaces">
/// The id of the version in force that the approver compared the draft with, or <c>none</c>. If another version is in
/// force, the approval is refused. If absent, this is not checked.
/// </param>
internal sealed record ApproveRoutePolicyRequest(string? Reason = null, string? Replaces = null)
{
    /// <summary>The value of <see cref="Replaces"/> if no version was in force.</summary>
    public const string Nothing = "none";

    public static readonly ApproveRoutePolicyRequest Empty = new();

    public static async ValueTask<Result<ApproveRoutePolicyRequest>> ReadAsync(
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = await request.ReadJsonOrEmptyAsync(
            RoutePoliciesJson.Default.ApproveRoutePolicyRequest,
            Empty,
            cancellationToken
        );
        if (!body.TryGet(out var approval, out var refusal))
        {
            return refusal;
        }

        if (ReasonRequest.CheckOptional(approval.Reason) is { } malformed)
        {
            return malformed;
        }

        return approval.Replaces is null or Nothing || RoutePolicyId.TryParse(approval.Replaces, out _)
            ? approval
            : RequestErrors.Invalid.Refuse($"replaces: the id of a version or {Nothing} is required.");
    }
}
