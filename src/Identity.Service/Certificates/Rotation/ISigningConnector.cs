namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Has the enterprise sign a request (S15).</summary>
internal interface ISigningConnector
{
    /// <summary>False = none is configured: requests wait for people.</summary>
    bool IsConfigured { get; }

    /// <summary>The chain, or why there is none; only the caller's cancellation is thrown.</summary>
    Task<SigningAnswer> SignAsync(string csrPem, CancellationToken cancellationToken);
}
