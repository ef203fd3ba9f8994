using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>A bound token was requested without proof of the key.</summary>
internal sealed class UnboundRequestHint : IHint
{
    public string Code => "unbound_request";

    public string? Find(HintFacts facts) =>
        facts.Reason is not (DenialReason.BindingRequired or DenialReason.BindingMismatch)
            ? null
            : (facts.Context.Request.Proven, facts.Reason) switch
            {
                (_, DenialReason.BindingMismatch) =>
                    "The exchanged token is bound to another key than the request proved: exchange it where its key is.",
                ({ KeyThumbprint: null, CertificateThumbprint: null }, _) =>
                    "The request proved no key: send a DPoP proof, or connect with a client certificate. A proxy in between may "
                        + "have removed the DPoP header or terminated TLS.",
                ({ CertificateThumbprint: null }, _) =>
                    "The request proved a DPoP key, which is not the required kind of binding: connect with a client certificate.",
                _ =>
                    "The request proved a client certificate, which is not the required kind of binding: send a DPoP proof.",
            };
}
