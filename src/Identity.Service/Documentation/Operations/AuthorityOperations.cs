using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.RelyingParties;
using Culvert.Identity.Service.Certificates.Rotation;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Documentation.Operations;

/// <summary>Certificate authorities of tunnels, trust bundles and relying parties.</summary>
internal static class AuthorityOperations
{
    public static void Describe(OperationTable table)
    {
        table
            .Add(
                "POST /v1/certificate_authorities",
                "create_certificate_authority",
                "Create a certificate authority",
                "Creates an authority of a tunnel and its key, or refers to a key in the HSM. The response of the csr "
                    + "operation is the signing request for the enterprise root."
            )
            .Takes<CreateAuthorityRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "GET /v1/certificate_authorities",
                "list_certificate_authorities",
                "List certificate authorities",
                "The authorities of the organization's tunnels, or of one tunnel."
            )
            .Paged("tunnel_id")
            .Answers<Page<AuthorityDocument>>();
        table
            .Add(
                "GET /v1/certificate_authorities/{ca_id}",
                "get_certificate_authority",
                "Get a certificate authority",
                "One authority with its chain, its findings and the next step."
            )
            .Answers<AuthorityDocument>();
        table
            .Add(
                "GET /v1/certificate_authorities/{ca_id}/csr",
                "get_certificate_authority_csr",
                "Get the signing request",
                "The certificate signing request of the authority's key, for the enterprise root."
            )
            .Answers<AuthorityCsrDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/chain",
                "upload_certificate_authority_chain",
                "Upload the chain",
                "Uploads what the enterprise root signed: the authority's certificate, its issuers and the root. "
                    + "The service verifies the whole chain."
            )
            .Takes<UploadChainRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/approve",
                "approve_certificate_authority",
                "Approve a certificate authority",
                "A second person confirms the fingerprint of the root. Required unless the installation uses "
                    + "single approval."
            )
            .Takes<ApproveAuthorityRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/key",
                "prepare_certificate_authority_key",
                "Create the key of a certificate authority",
                "Continues a registration after creating its key or request failed."
            )
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/pkcs12",
                "import_certificate_authority_key",
                "Import a key",
                "Imports a key and its chain from a PKCS#12 file, if the configuration allows it. The authority "
                    + "is marked: copies of its key may exist elsewhere."
            )
            .Takes<ImportKeyRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/override",
                "override_certificate_authority_switch",
                "Override missing acknowledgements",
                "Allows the switch to this authority although the named parties have not acknowledged the "
                    + "trust bundle. Audited with the reason."
            )
            .Takes<OverrideAuthorityRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/activate",
                "activate_certificate_authority",
                "Activate a certificate authority",
                "New server certificates of the tunnel are signed by this authority from then on. Refused while "
                    + "live parties have not acknowledged its certificate."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/suspend",
                "suspend_certificate_authority",
                "Suspend a certificate authority",
                "Stops the authority from signing until it is resumed. Certificates that it signed stay valid."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/resume",
                "resume_certificate_authority",
                "Resume a certificate authority",
                "Resumes signing with a suspended authority."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/retire",
                "retire_certificate_authority",
                "Retire a certificate authority",
                "Stops the authority from signing permanently. Its certificate stays in the trust bundle until its last "
                    + "leaf has expired."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/taint",
                "taint_certificate_authority",
                "Taint a certificate authority",
                "Declares the authority's key compromised. The service publishes the successor, and the "
                    + "tainted certificate leaves the trust bundle when the successor is acknowledged."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/delete",
                "delete_certificate_authority",
                "Delete a certificate authority",
                "Removes an authority that is not in use from the lists. It can be restored."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/restore",
                "restore_certificate_authority",
                "Restore a certificate authority",
                "Cancels a deletion: the authority returns to its previous state."
            )
            .MayTake<AuthorityCommandRequest>()
            .Answers<AuthorityDocument>();
        table
            .Add(
                "GET /v1/certificate_authorities/{ca_id}/rotation",
                "get_rotation",
                "Show the rotation of a certificate authority",
                "The state of the rotation, which parties are missing and since when, and the next step."
            )
            .Answers<RotationDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/rollback",
                "roll_back_rotation",
                "Roll a rotation back",
                "Returns to the previous authority of the tunnel."
            )
            .MayTake<RotationRequest>()
            .Answers<RotationDocument>();
        table
            .Add(
                "POST /v1/certificate_authorities/{ca_id}/withdraw",
                "withdraw_successor",
                "Withdraw the successor",
                "Removes the successor from the trust bundle before it is activated."
            )
            .MayTake<RotationRequest>()
            .Answers<RotationDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/trust_bundle",
                "get_trust_bundle",
                "Get the trust bundle of a tunnel",
                "The certificates that clients of the tunnel must trust, with their epoch. With since and wait "
                    + "the request waits for the next epoch and returns 304 if there is none. Administrators and "
                    + "relying parties can call it."
            )
            .Query("since", "wait")
            .Answers<TrustBundleDocument>()
            .Answers(StatusCodes.Status304NotModified);
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/trust_bundle/acknowledgements",
                "acknowledge_trust_bundle",
                "Acknowledge a trust bundle",
                "A relying party states that it uses the trust bundle of an epoch that was served to it. "
                    + "Rotations wait for this."
            )
            .Takes<AcknowledgementRequest>()
            .Answers<AcknowledgementDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/relying_parties",
                "create_relying_party",
                "Create a relying party",
                "Registers a consumer of the tunnel's trust bundle. The response contains its credential once, unless a "
                    + "service account is named."
            )
            .Takes<CreateRelyingPartyRequest>()
            .Answers<RelyingPartyDocument>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/relying_parties",
                "list_relying_parties",
                "List relying parties",
                "The consumers of the tunnel's trust bundle, with what each has acknowledged."
            )
            .Query("include_archived")
            .Answers<Page<RelyingPartyDocument>>();
        table
            .Add(
                "GET /v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}",
                "get_relying_party",
                "Get a relying party",
                "One relying party with what it has acknowledged."
            )
            .Answers<RelyingPartyDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/archive",
                "archive_relying_party",
                "Archive a relying party",
                "Its credential stops working, and rotations no longer wait for it."
            )
            .MayTake<ReasonRequest>()
            .Answers<RelyingPartyDocument>();
        table
            .Add(
                "POST /v1/tunnels/{tunnel_id}/relying_parties/{relying_party_id}/acknowledge",
                "acknowledge_for_relying_party",
                "Acknowledge for a relying party",
                "An administrator confirms an epoch for a relying party that cannot call the API."
            )
            .Takes<AcknowledgementRequest>()
            .Answers<AcknowledgementDocument>();
    }
}
