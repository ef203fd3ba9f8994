namespace Culvert.Identity.Service.Admin;

internal sealed record RevokeAdminKeyRequest
{
    /// <summary>In the operator's words, for the audit.</summary>
    public string? Reason { get; init; }
}
