namespace Culvert.Documentation.Tests.Dependencies;

/// <summary>Why a library is in a program.</summary>
/// <param name="Package">Its name in the registry.</param>
/// <param name="Does">What it does for us.</param>
/// <param name="Measured">What its use cost or saved, each time measured with the old and the new code.</param>
/// <param name="Ours">What of its field stays our own code.</param>
internal sealed record DependencyUse(string Package, string Does, string Measured, string Ours)
{
    /// <summary>Every package that a program's project names itself.</summary>
    public static IReadOnlyList<DependencyUse> All { get; } =
    [
        new(
            "BouncyCastle.Cryptography",
            "reads certs-only CMS messages (EST); reads and writes OCSP; verifies Ed25519 cosignatures of witnesses; in tests the second parser of every certificate, "
                + "request and list",
            "CMS reader 104 → 59 lines",
            "certificates, requests, lists and lints: the platform's cryptography is several times faster"
        ),
        new("Dapper", "maps rows to objects", "–", "prepared statements of the journal"),
        new(
            "Duende.IdentityModel",
            "makes the requests of every OAuth client and holds the answers",
            "no hot path; our lines did not become fewer",
            "the transport that vets addresses, and strict checks of answers ([why](decisions/0002-jose-and-oauth.md))"
        ),
        new(
            "MailKit",
            "hands mail to a relay; writes its headers",
            "no hot path",
            "connection, STARTTLS and TLS: its own handshake downloads certificates that the relay's names"
        ),
        new("Markdig", "renders the pages under `/docs`", "375 → 120 lines", "–"),
        new(
            "Microsoft.AspNetCore.Authentication.OpenIdConnect",
            "runs the sign-in protocol of the console",
            "no hot path; 811 → 918 lines with more checks",
            "signatures, bounds, sessions and roles ([why](decisions/0008-openid-connect-handler.md))"
        ),
        new(
            "Microsoft.AspNetCore.OpenApi",
            "makes the description of the API from the endpoints",
            "121 → 213 named schemas, every operation with text and example",
            "refusal codes, and the checks against code and wire ([why](decisions/0007-api-description-from-endpoints.md))"
        ),
        new(
            "Microsoft.Data.Sqlite.Core",
            "SQLite for the service",
            "a row of the journal 17.8 → 17.7 µs, a read 25.7 → 24.0 µs",
            "one writer for all changes, migrations"
        ),
        new(
            "Microsoft.IdentityModel.Tokens",
            "keys, signatures and their verification",
            "rates within 0.8 %, key sets 2.2 times as fast; 3,091 → 2,967 lines",
            "the strict reader in front of it, the form of tokens ([why](decisions/0002-jose-and-oauth.md))"
        ),
        new("Npgsql", "PostgreSQL for the service", "–", "failover and notifications between nodes"),
        new(
            "OpenTelemetry.Exporter.OpenTelemetryProtocol",
            "exports traces",
            "–",
            "metrics in Prometheus' text form: the exporter for them cannot be restored"
        ),
        new("Pkcs11Interop", "calls PKCS#11 modules", "380 → 200 lines", "sessions, bounds on time, modules that hang"),
        new(
            "Quartz",
            "decides when recurring work runs",
            "start of the service to its first exchange: 701 → 713 ms",
            "what is due: the store decides, by compare-and-set ([why](decisions/0006-recurring-work-on-every-node.md))"
        ),
        new("Scalar.AspNetCore", "shows the description at `/docs/api`", "–", "the policy that its script runs under"),
        new(
            "SQLite",
            "joins the answers of servers in the agent",
            "two tables of 10,000 rows in 34 ms",
            "its allocator, clock and authorizer, and the calls of its C functions ([why](decisions/0016-sqlite-in-the-agent.md))"
        ),
        new(
            "SQLitePCLRaw.bundle_e_sqlite3",
            "brings SQLite, so that the system's is not needed",
            "–",
            "`secure_delete`, which this build has off"
        ),
        new("System.CommandLine", "command lines of the four programs", "–", "–"),
        new("YamlDotNet", "reads configuration files", "–", "bounds, duplicate keys, messages with line and column"),
    ];
}
