namespace Culvert.Identity.Service.Approvals;

/// <summary>The operator's setting for the number of administrators.</summary>
/// <param name="IsSingle">
/// One person is enough (<c>certificates.approval: single</c>) and may also approve a call made in their own name.
/// </param>
internal sealed record ApprovalOptions(bool IsSingle);
