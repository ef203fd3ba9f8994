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
/// Proof of possession: which key a request's sender holds (RFC 9449), and which client certificate its connection was
/// made with (RFC 8705). 1. <see cref="Prove"/> checks the request. 2. <see cref="Use"/> uses the proof up, once the
/// caller is known to be entitled. No header that forwards a certificate is read: only a handshake proves one.
/// </summary>
internal sealed class RequestBinding(DpopNonces nonces, UsedProofs used, ServiceIdentity identity, TimeProvider time)
{
    public const string ProofHeader = "DPoP";
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>How far a proof's <c>iat</c> may be off.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What the request proves. Without a <c>DPoP</c> header no key, which is not an error. Whenever a proof is sent
    /// the answer gets the nonce to use next.
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

    /// <summary>
    /// Uses the proof up, if there is one: the second use of the same is <see cref="BindingError.InvalidProof"/>.
    /// </summary>
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
    /// Whether the request may use an access token that is bound as <paramref name="confirmation"/> says; null = yes.
    /// The proof is used up.
    /// </summary>
    /// <param name="isDpopScheme">Whether the token came by <c>Authorization: DPoP</c>.</param>
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

        // RFC 9449 §7.1: the scheme is part of the binding, else a stolen token would work as a bearer token.
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

    // §4.3, points 8 to 11, in an order that tells about the nonce only to a proof that is right otherwise.
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

    // Our own public URL decides, never the Host header: a proof captured for another host must not pass here.
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
