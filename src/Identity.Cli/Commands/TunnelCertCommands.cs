using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class TunnelCertCommands
{
    public static Command Create(VerbFactory verbs)
    {
        var parts = new TunnelParts(verbs, "certificates", "registered certificate", "tcrt");
        return VerbFactory.Group(
            "cert",
            "CA certificates registered on a tunnel",
            Register(parts),
            parts.List(
                "list registered certificates, newest first",
                new("ID", "id", Fit.Whole),
                new("FINGERPRINT", "fingerprint"),
                new("PENDING", "pending"),
                new("EXPIRES", "expires_at"),
                new("CREATED", "created_at"),
                new("ARCHIVED", "archived_at", Fit.Whole)
            ),
            parts.Show("print one registered certificate"),
            parts.Archive(
                "stop trusting a CA for this tunnel: leaf certificates that it signed are no longer accepted"
            ),
            Confirm(parts)
        );
    }

    private static Command Confirm(TunnelParts parts)
    {
        var fingerprint = Flags.Required("--fingerprint", "SHA256", "of the certificate, from its owner");
        return parts.Post(
            "confirm",
            "carry out, as a second person, the addition or removal that waits",
            context => new JsonObject { ["fingerprint"] = CaCommands.Fingerprint(context.Get(fingerprint)!) },
            fingerprint
        );
    }

    private static Command Register(TunnelParts parts)
    {
        var file = Flags.Required("--file", "FILE", "the CA certificate, PEM");
        return parts.Add(
            "register",
            "register a CA that signs leaf certificates outside the service",
            context => new JsonObject { ["ca_certificate_pem"] = InFile.ReadCertificates(context.Get(file)!) },
            file
        );
    }
}
