namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <param name="Fingerprint">Like <see cref="UploadChainRequest.Fingerprint"/>, typed again by the approver.</param>
internal sealed record ApproveAuthorityRequest(string Fingerprint);
