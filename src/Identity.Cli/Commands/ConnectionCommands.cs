using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert connection</c>: how people connect routes with their own accounts at the upstreams.</summary>
internal static class ConnectionCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "connection",
            "how people connect a route with their own account at its upstream",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.Connection),
            Update(verbs),
            CommonVerbs.Archive(
                verbs,
                Noun.Connection,
                "the grants of its people end, and are revoked at the upstream"
            ),
            Grants(verbs),
            Revoke(verbs)
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = new Argument<string>("NAME") { Description = "the vendor or server, as people see it" };
        var tunnel = Flags.Required("--tunnel", "TUNNEL", "id or name of the tunnel").Offering(Noun.Tunnel);
        var route = Flags.Required("--route", "ROUTE", "the name of the route in the agents' configuration");
        var authorization = Flags.Text("--authorization-endpoint", "URL", "where people allow the access");
        var token = Flags.Text("--token-endpoint", "URL", "where the service gets the tokens");
        var clientId = Flags.Required("--client-id", "ID", "the service's client_id at the upstream");
        var auth = Flags.OneOf(
            "--client-auth",
            "how the service authenticates there (default: none)",
            "none",
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt"
        );
        var secret = SecretFile();
        var scopes = Scopes();
        var issuer = Flags.Text(
            "--issuer",
            "ISS",
            "the upstream's iss, which its answers must have (RFC 9207); without endpoints, its metadata names them"
        );
        issuer.Aliases.Add("--discover");
        var revocation = Flags.Text("--revocation-endpoint", "URL", "where ended grants are revoked (RFC 7009)");
        var resource = Flags.Text(
            "--resource",
            "URI",
            "the resource to request tokens for (RFC 8707); without issuer and endpoints, its metadata names the issuer"
        );
        var ca = Flags.Text("--ca-file", "FILE", "PEM: the only CA certificates that authenticate the upstream");
        var allow = Flags.Many("--allow", "CIDR:PORT", "a private address that its endpoints may resolve to");
        return verbs.Create(
            "create",
            "create a connection; register callback_url of the answer at the upstream",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["tunnel_id"] = await context.IdAsync(Noun.Tunnel, context.Get(tunnel)!, cancel),
                    ["route"] = context.Get(route),
                    ["display_name"] = context.Get(name),
                    ["client_id"] = context.Get(clientId),
                    ["scopes"] = WireJson.ToJsonArray(context.Get(scopes) ?? []),
                };
                foreach (
                    var (member, value) in new[]
                    {
                        ("client_auth", context.Get(auth)),
                        ("client_secret", ReadSecret(context.Get(secret))),
                        ("issuer", context.Get(issuer)),
                        ("authorization_endpoint", context.Get(authorization)),
                        ("token_endpoint", context.Get(token)),
                        ("revocation_endpoint", context.Get(revocation)),
                        ("resource", context.Get(resource)),
                        ("ca_cert_pem", context.Get(ca) is { } file ? InFile.ReadText(file) : null),
                    }
                )
                {
                    if (value is not null)
                    {
                        body[member] = value;
                    }
                }

                if (context.Get(allow) is { Length: > 0 } targets)
                {
                    body["allowed_targets"] = new JsonArray([.. targets.Select(IssuerFlags.Target)]);
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Noun.Connection.Path, body, cancel));
            },
            name,
            tunnel,
            route,
            authorization,
            token,
            clientId,
            auth,
            secret,
            scopes,
            issuer,
            revocation,
            resource,
            ca,
            allow
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list connections, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    Noun.Connection.Path,
                    new Query(),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "display_name"),
                        new("TUNNEL", "tunnel_id", Fit.Whole),
                        new("ROUTE", "route"),
                        new("CONNECT URL", "connect_url"),
                        new("ARCHIVED", "archived_at", Fit.Whole),
                    ],
                    cancel
                ),
            flags.Options
        );
    }

    private static Command Update(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Connection);
        var name = Flags.Text("--name", "NAME", "the vendor or server, as people see it");
        var scopes = Scopes();
        var secret = SecretFile();
        return verbs.Create(
            "update",
            "change a connection; its endpoints never change, since people allowed these",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                if (context.Get(name) is { } text)
                {
                    body["display_name"] = text;
                }

                if (context.Has(scopes))
                {
                    body["scopes"] = WireJson.ToJsonArray(context.Get(scopes)!);
                }

                if (ReadSecret(context.Get(secret)) is { } value)
                {
                    body["client_secret"] = value;
                }

                UpdateBody.RequireChange(body);
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Connection, context.Get(id), cancel);
                return CommandResult.Object(await client.PostAsync(path, body, cancel));
            },
            id,
            name,
            scopes,
            secret
        );
    }

    private static Command Grants(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Connection);
        var flags = new ListFlags();
        return verbs.Create(
            "grants",
            "list who connected, newest first",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    $"{await context.PathAsync(Noun.Connection, context.Get(id), cancel)}/grants",
                    new Query(),
                    [
                        new("ID", "id", Fit.Whole),
                        new("SUBJECT", "subject"),
                        new("ISSUER", "issuer"),
                        new("SCOPE", "scope"),
                        new("CREATED", "created_at"),
                        new("USED", "used_at"),
                        new("REFRESH FAILED", "refresh_failed_at"),
                    ],
                    cancel
                ),
            [id, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Revoke(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Connection);
        var grant = new Argument<string>("GRANT") { Description = "id of the grant (cgrt_…)" };
        var reason = Flags.Text("--reason", "TEXT", "for the audit");
        return verbs.Create(
            "revoke",
            "end a person's grant: agents get no more tokens, and it is revoked at the upstream",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Connection, context.Get(id), cancel);
                return CommandResult.Object(
                    await client.PostAsync(
                        $"{path}/grants/{Uri.EscapeDataString(context.Get(grant))}/revoke",
                        UpdateBody.Reason(context.Get(reason)),
                        cancel
                    )
                );
            },
            id,
            grant,
            reason
        );
    }

    private static Option<string[]> Scopes() => Flags.Many("--scope", "SCOPE", "a scope that people allow there");

    private static Option<string?> SecretFile() =>
        Flags.Text("--client-secret-file", "FILE", "the service's secret at the upstream, in the first line");

    private static string? ReadSecret(string? file) => file is null ? null : InFile.ReadFirstLine(file);
}
