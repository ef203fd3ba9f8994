namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record ApproveAuthorityRequest
{
    /// <summary>Like <see cref="UploadChainRequest.Fingerprint"/>, typed again by the approver.</summary>
    public required string Fingerprint { get; init; }
}
