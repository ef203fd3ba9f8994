namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Gets a request signed by the enterprise's CA (S15).</summary>
internal interface ISigningConnector
{
    /// <summary>False = none is configured: an administrator uploads the chain.</summary>
    bool IsConfigured { get; }

    /// <summary>The chain, or the reason why there is none; throws only for the caller's cancellation.</summary>
    Task<SigningAnswer> SignAsync(string csrPem, CancellationToken cancellationToken);
}
