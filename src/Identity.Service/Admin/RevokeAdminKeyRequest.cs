namespace Culvert.Identity.Service.Admin;

/// <param name="Reason">In the operator's words, for the audit.</param>
internal sealed record RevokeAdminKeyRequest(string? Reason = null);
