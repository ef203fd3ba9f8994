using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Identity.Service.Tokens.Binding;

/// <summary>
/// Proof of possession: the key that a request's sender holds (RFC 9449), and the client certificate of its connection
/// (RFC 8705). 1. <see cref="Prove"/> checks the request. 2. <see cref="Use"/> consumes the proof, once the caller is
/// known to be entitled. No header that forwards a certificate is read: only a handshake proves it.
/// </summary>
internal sealed class RequestBinding(DpopNonces nonces, UsedProofs used, ServiceIdentity identity, TimeProvider time)
{
    public const string ProofHeader = "DPoP";
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>The largest difference between a proof's <c>iat</c> and the clock.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Finds what the request proves: no key without a <c>DPoP</c> header, which is not an error. The answer to any
    /// proof contains the nonce for the next one.
    /// </summary>
    public BindingResult Prove(HttpContext http)
    {
        var certificate = GetThumbprint(http);
        var header = http.Request.Headers[ProofHeader];
        if (header.Count == 0)
        {
            return new(new ProvenBinding { CertificateThumbprint = certificate }, BindingError.None);
        }

        OfferNonce(http);

        // §4.3 point 1: not more than one.
        if (header.Count != 1 || header[0] is not { } text || !Ascii.IsValid(text))
        {
            return BindingError.InvalidProof;
        }

        var parsed = DpopProof.TryParse(Encoding.ASCII.GetBytes(text), out var proof);
        if (parsed != JoseRefusal.None)
        {
            return BindingError.InvalidProof;
        }

        var error = Check(http, proof!);
        return error == BindingError.None
            ? new BindingResult(new ProvenBinding { Proof = proof, CertificateThumbprint = certificate }, error)
            : error;
    }

    /// <summary>Consumes the proof, if there is one: a second use is <see cref="BindingError.InvalidProof"/>.</summary>
    public BindingError Use(in ProvenBinding binding)
    {
        if (binding.Proof is not { } proof)
        {
            return BindingError.None;
        }

        var until = DateTimeOffset.FromUnixTimeSeconds(proof.IssuedAt) + Tolerance + TimeSpan.FromSeconds(1);
        return used.TryUse(proof.Thumbprint, proof.TokenId, until) switch
        {
            ProofUse.Used => BindingError.None,
            ProofUse.Replayed => BindingError.InvalidProof,
            _ => BindingError.Busy,
        };
    }

    /// <summary>
    /// Whether the request may use an access token with the binding <paramref name="confirmation"/>; null if so.
    /// Consumes the proof.
    /// </summary>
    /// <param name="isDpopScheme">Whether the token was presented as <c>Authorization: DPoP</c>.</param>
    public ErrorCode? CheckToken(HttpContext http, in TokenConfirmation confirmation, string token, bool isDpopScheme)
    {
        if (confirmation.CertificateThumbprint is { } certificate && GetThumbprint(http) != certificate)
        {
            return BindingErrors.Certificate;
        }

        if (confirmation.KeyThumbprint is not { } key)
        {
            return isDpopScheme ? BindingErrors.UnboundToken : null;
        }

        // RFC 9449 §7.1: the scheme is part of the binding, otherwise a stolen token would work as a bearer token.
        OfferNonce(http);
        if (!isDpopScheme)
        {
            return BindingErrors.BoundToken;
        }

        var (binding, error) = Prove(http);
        if (error == BindingError.None)
        {
            error =
                binding.Proof is { } proof
                && proof.Thumbprint == key
                && proof.AccessTokenHash == DpopProofSigner.AccessTokenHash(token)
                    ? Use(binding)
                    : BindingError.InvalidProof;
        }

        return error switch
        {
            BindingError.None => null,
            BindingError.NonceRequired => BindingErrors.NonceRefused,
            BindingError.Busy => BindingErrors.Busy,
            _ => BindingErrors.ProofRefused,
        };
    }

    // §4.3, points 8 to 11. The nonce is checked last, so that only an otherwise valid proof gets the error about it.
    private BindingError Check(HttpContext http, DpopProof proof)
    {
        if (proof.Method != http.Request.Method || !IsForTarget(http, proof.Uri))
        {
            return BindingError.InvalidProof;
        }

        var now = time.GetUtcNow();
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(proof.IssuedAt);
        if (issuedAt > now + Tolerance || issuedAt < now - Tolerance)
        {
            return BindingError.InvalidProof;
        }

        return nonces.Accepts(proof.Nonce) ? BindingError.None : BindingError.NonceRequired;
    }

    // The service's public URL, never the Host header: a proof captured for another host must fail here.
    private bool IsForTarget(HttpContext http, string claimed)
    {
        var isMachine = http.Features.Get<ListenerMetadata>()?.Listener == Listener.Machine;
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.StartsWith('/') ? target : http.Request.Path.ToUriComponent();
        return TargetUri.TryNormalize((isMachine ? identity.MachineUrl : identity.PublicUrl) + path, out var expected)
            && TargetUri.TryNormalize(claimed, out var actual)
            && expected == actual;
    }

    private void OfferNonce(HttpContext http) => http.Response.Headers[NonceHeader] = nonces.Current;

    private static string? GetThumbprint(HttpContext http) =>
        http.Connection.ClientCertificate is { } certificate
            ? Base64Url.EncodeToString(SHA256.HashData(certificate.RawData))
            : null;
}
