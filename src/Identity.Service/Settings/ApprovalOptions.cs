namespace Culvert.Identity.Service.Settings;

/// <summary>The operator's setting for the number of administrators.</summary>
/// <param name="IsSingle">
/// One person is enough (<c>certificates.approval: single</c>): it may approve a call made in its own name, and a rule for
/// people needs no approval.
/// </param>
internal sealed record ApprovalOptions(bool IsSingle);
