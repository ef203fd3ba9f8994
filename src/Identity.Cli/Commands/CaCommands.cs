using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class CaCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "ca",
            "certificate authorities of tunnels: register, approve, switch, retire",
            [
                Register(verbs),
                Csr(verbs),
                Upload(verbs),
                Approve(verbs),
                .. CaStepCommands.All(verbs),
                List(verbs),
                CommonVerbs.Show(verbs, Noun.Ca),
                CaRotationCommands.Status(verbs),
                CaRotationCommands.Rollback(verbs),
                CaRotationCommands.Withdraw(verbs),
            ]
        );

    private static Command Register(VerbFactory verbs)
    {
        var name = Flags.Name();
        var tunnel = Flags
            .Required("--tunnel", "TUNNEL", "id or name of the tunnel it will serve")
            .Offering(Noun.Tunnel);
        var custody = Flags.OneOf(
            "--custody",
            "custody of its key (default: sealed)",
            "sealed",
            "pkcs11",
            "trust-only",
            "imported"
        );
        var label = Flags.Text("--key-label", "L", "pkcs11: the key's label in the token (default: a new label)");
        return verbs.Create(
            "register",
            "create a key and a CSR for a new authority",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject
                {
                    ["name"] = context.Get(name),
                    ["tunnel_id"] = await context.IdAsync(Noun.Tunnel, context.Get(tunnel)!, cancel),
                    ["custody"] = (context.Get(custody) ?? "sealed").Replace('-', '_'),
                };
                if (context.Get(label) is { } wanted)
                {
                    body["key_label"] = wanted;
                }

                return CommandResult.Object(await client.PostAsync(Noun.Ca.Path, body, cancel));
            },
            name,
            tunnel,
            custody,
            label
        );
    }

    private static Command Csr(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var file = Flags.Out("the CSR");
        return verbs.Create(
            "csr",
            "the request that the enterprise's root signs",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, id, cancel);
                ApiAnswer answer;
                try
                {
                    answer = await client.GetAsync($"{path}/csr", cancel);
                }
                catch (CommandFailure missing) when (missing.Code == "ca.state")
                {
                    // The key or the request could not be created before, for example because an HSM was unavailable.
                    await client.PostAsync($"{path}/key", body: null, cancel);
                    answer = await client.GetAsync($"{path}/csr", cancel);
                }

                return PemResult.Create(context, answer, "csr_pem", context.Get(file));
            },
            id,
            file
        );
    }

    private static Command Upload(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var chain = Flags.Required("--chain", "FILE", "PEM: the signed certificate, then its issuers");
        var fingerprint = Flags.Required(
            "--fingerprint",
            "SHA256",
            "of the signed certificate, as its signer reported it"
        );
        var publicAnchor = new Option<bool>("--allow-public-anchor")
        {
            Description = "accept an authority that the whole machine trusts; the approval covers it",
        };
        return verbs.Create(
            "upload",
            "upload the certificate that the enterprise's root signed",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["chain_pem"] = InFile.ReadCertificates(context.Get(chain)!),
                    ["fingerprint"] = Fingerprint(context.Get(fingerprint)!),
                };
                if (context.Get(publicAnchor))
                {
                    body["allow_public_anchor"] = true;
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync($"{await PathAsync(context, id, cancel)}/chain", body, cancel)
                );
            },
            id,
            chain,
            fingerprint,
            publicAnchor
        );
    }

    private static Command Approve(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var fingerprint = Flags.Text("--fingerprint", "SHA256", "of the certificate that is approved");
        var yes = new Option<bool>("--yes")
        {
            Description = "single approval: approve the uploaded certificate without --fingerprint",
        };
        return verbs.Create(
            "approve",
            "confirm that the uploaded certificate is correct",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, id, cancel);
                var approved = context.Get(fingerprint) is { } given ? Fingerprint(given) : await HeldAsync();
                var body = new JsonObject { ["fingerprint"] = approved };
                return CommandResult.Object(await client.PostAsync($"{path}/approve", body, cancel));

                async Task<string> HeldAsync()
                {
                    var record = (await client.GetAsync(path, cancel)).Json;
                    if (record.Text("approval") == "two_person")
                    {
                        // A fingerprint from the service proves nothing to a second person.
                        throw new CommandFailure(
                            ExitCode.Usage,
                            "the approver gives the fingerprint, obtained from the signer"
                        )
                        {
                            Where = "--fingerprint",
                            Next = "culvert ca approve ID --fingerprint SHA256",
                        };
                    }

                    var held = record.Text("fingerprint");
                    if (held is null)
                    {
                        throw new CommandFailure(ExitCode.Refused, "no certificate was uploaded yet")
                        {
                            Where = path,
                            Next = "culvert ca upload ID --chain FILE --fingerprint SHA256",
                        };
                    }

                    context.Confirm($"Approving the certificate with fingerprint {held}", held[..8], context.Get(yes));
                    return held;
                }
            },
            id,
            fingerprint,
            yes
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Flags.Text("--tunnel", "TUNNEL", "only this tunnel's").Offering(Noun.Tunnel);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list authorities, newest first",
            async (context, cancel) =>
            {
                var tunnelId = context.Get(tunnel) is { } t ? await context.IdAsync(Noun.Tunnel, t, cancel) : null;
                return await flags.RunAsync(
                    context,
                    Noun.Ca.Path,
                    new Query().Add("tunnel_id", tunnelId),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "name", Fit.Whole),
                        new("STATE", "state", Fit.Whole),
                        new("EXPIRES", "not_after"),
                        new("CUSTODY", "custody"),
                        new("TUNNEL", "tunnel_id"),
                        new("FINGERPRINT", "fingerprint"),
                    ],
                    cancel
                );
            },
            [tunnel, .. flags.Options]
        );
    }

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> id,
        CancellationToken cancel
    ) => await context.PathAsync(Noun.Ca, context.Get(id), cancel);

    /// <summary>Accepts openssl's form (upper case, colons, with its label) and the service's.</summary>
    internal static string Fingerprint(string text)
    {
        var hex = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]
            .Replace(":", "", StringComparison.Ordinal)
            .Trim()
            .ToLowerInvariant();
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigitLower)
            ? hex
            : throw new CommandFailure(ExitCode.Usage, "a fingerprint is a SHA-256: 64 hexadecimal digits")
            {
                Where = "--fingerprint",
                Next = "openssl x509 -in ca.pem -noout -fingerprint -sha256",
            };
    }
}
