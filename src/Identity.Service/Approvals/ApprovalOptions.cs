namespace Culvert.Identity.Service.Approvals;

/// <summary>How many people the installation has, as its operator says.</summary>
/// <param name="IsSingle">
/// One person suffices (<c>certificates.approval: single</c>): that person may also approve a call that was made in their own
/// name.
/// </param>
internal sealed record ApprovalOptions(bool IsSingle);
