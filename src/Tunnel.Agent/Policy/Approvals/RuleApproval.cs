using System.Globalization;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>A rule's <c>require_approval</c>, or the approval of its answers.</summary>
/// <param name="Expires">How long a request can be decided, and its approval used.</param>
/// <param name="Shown">
/// Arguments, or values of the finding, that the approver sees; of all others only type and length leave the agent.
/// </param>
/// <param name="Approvers">How many different people must approve.</param>
/// <param name="Page">The page for approvals, sent to clients that can open pages for their users; null for none.</param>
internal sealed record RuleApproval(TimeSpan Expires, IReadOnlyList<JsonPointer> Shown, int Approvers, Uri? Page)
{
    public string DescribeApprovers() => Approvers == 1 ? "a person" : $"{Approvers} different people";

    /// <summary>Equal for equal approvals: the version of the policy depends on it.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Expires.TotalSeconds} {Approvers} {string.Join(' ', Shown.Select(s => $"{s.Text.Length}:{s.Text}"))}"
        ) + (Page is null ? "" : $" {Page.AbsoluteUri}");
}
