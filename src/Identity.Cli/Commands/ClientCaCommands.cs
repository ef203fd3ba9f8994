using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert tunnel client-ca</c>: the CAs of clients of the CONNECT ingress.</summary>
internal static class ClientCaCommands
{
    public static Command Create(VerbFactory verbs)
    {
        var parts = new TunnelParts(verbs, "client_certificate_authorities", "client CA", "clca");
        return VerbFactory.Group(
            "client-ca",
            "CAs for clients that use CONNECT with a certificate",
            Add(parts),
            parts.List(
                "list client CAs, newest first",
                new("ID", "id", Fit.Whole),
                new("IDENTITIES", "identities", Fit.Wrap),
                new("FINGERPRINT", "fingerprint"),
                new("EXPIRES", "expires_at"),
                new("ARCHIVED", "archived_at", Fit.Whole)
            ),
            parts.Archive(
                "stop accepting a CA; clients connected with its certificates are disconnected",
                Flags.Text("--reason", "TEXT", "for the audit")
            )
        );
    }

    private static Command Add(TunnelParts parts)
    {
        var file = Flags.Required("--file", "FILE", "the CA certificate, PEM");
        var identities = Flags.Many(
            "--identity",
            "PATTERN",
            "names that may connect: uri:, dns: or email: and a name of the certificate; one * matches one whole segment"
        );
        identities.Required = true;
        return parts.Add(
            "add",
            "accept clients with certificates that this CA signed",
            context => new JsonObject
            {
                ["ca_certificate_pem"] = InFile.ReadCertificates(context.Get(file)!),
                ["identities"] = WireJson.ToJsonArray(context.Get(identities)!),
            },
            file,
            identities
        );
    }
}
