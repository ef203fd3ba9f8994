namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Has the enterprise sign a request (S15).</summary>
internal interface ISigningConnector
{
    /// <summary>False = none is configured: requests wait for people.</summary>
    bool IsConfigured { get; }

    /// <summary>The chain as PEM, the new certificate first; or why there is none, in words for operators.</summary>
    Task<(string? ChainPem, string? Fault)> SignAsync(string csrPem, CancellationToken cancellationToken);
}
