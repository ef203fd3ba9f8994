namespace Culvert.Benchmarks.Issuance;

/// <summary>What a load asks for certificates with.</summary>
internal enum IssuanceWay
{
    /// <summary>One access token serves all requests.</summary>
    Token,

    /// <summary>Two requests for each certificate: an exchange, then an issuance with its token.</summary>
    TwoRequests,

    /// <summary>One request with the identity provider's token.</summary>
    OneRequest,
}
