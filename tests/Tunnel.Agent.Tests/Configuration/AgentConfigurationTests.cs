using Culvert.Machine.Client.Access;
using Culvert.Platform.Configuration;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

public sealed class AgentConfigurationTests : IDisposable
{
    private const string Good = """
        config_version: 1
        state_dir: state
        identity:
          url: https://identity.example.com:8443
          organization_id: 11111111-2222-3333-4444-555555555555
          rule_id: fdrl_010000000000000000000000
          token:
            environment: IDP_TOKEN
        tunnel:
          id: tnl_010000000000000000000000
        routes:
          docs:
            upstream:
              url: http://127.0.0.1:3001
              allowed_ranges: [127.0.0.0/8]
            oauth: {mode: dangerous_none}

        """;

    private const string Upstream = """
              url: http://127.0.0.1:3001
              allowed_ranges: [127.0.0.0/8]

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-config-").FullName;

    [Theory]
    [InlineData("", "{mode: dangerous_none}", nameof(PolicyMode.Record))]
    [InlineData("policy: {}", "{mode: dangerous_none}", nameof(PolicyMode.Record))]
    [InlineData("policy: {mode: off}", "{mode: dangerous_none}", nameof(PolicyMode.Off))]
    [InlineData("policy: {mode: record}", "{mode: dangerous_none}", nameof(PolicyMode.Record))]
    [InlineData("policy: {mode: observe}", "{mode: dangerous_none}", nameof(PolicyMode.Observe))]
    [InlineData(
        "",
        "{mode: passthrough, issuers: [corp], authorization_server: {browser_url: \"https://login.example\"}}",
        nameof(PolicyMode.Off)
    )]
    public void Read_PolicyMode_RecordsUnlessItIsWrittenOtherwise(string policy, string oauth, string mode)
    {
        var text = Good.Replace("routes:", "issuers: {corp: {issuer: \"https://login.example\"}}\nroutes:")
            .Replace(
                "    oauth: {mode: dangerous_none}",
                $"      health: {{probe: tcp}}\n    {policy}\n    oauth: {oauth}"
            );

        var loaded = Load(text);

        loaded.Errors.ShouldBeEmpty();
        loaded.Settings!.Routes.Single().Policy.Mode.ToString().ShouldBe(mode);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("issuers: {culvert: {issuer: \"https://identity.example.com\"}}\n", false)]
    public void Read_RouteNamesTheService_ItsOwnEntryTakesPrecedence(string entry, bool isFed)
    {
        var loaded = Load(
            Good.Replace("routes:", entry + "routes:")
                .Replace("{mode: dangerous_none}", "{mode: required, issuers: [culvert]}")
        );

        loaded.Errors.ShouldBeEmpty();
        loaded.Settings!.Issuers.Single().IsFed.ShouldBe(isFed);
    }

    [Fact]
    public void Read_NoRouteNamesTheService_HasNoIssuer() => Load(Good).Settings!.Issuers.ShouldBeEmpty();

    [Fact]
    public void Read_LeastFile_HasTheDefaultsOfTheReference()
    {
        var settings = Load(Good).Settings.ShouldNotBeNull();

        settings.StateDirectory.ShouldBe(Path.Combine(folder, "state"));
        settings.Identity.Mode.ShouldBe(IdentityMode.Automatic);
        settings.Tunnel.Connections.ShouldBe(2);
        settings.Tunnel.DialTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        settings.Tunnel.DrainTimeout.ShouldBe(TimeSpan.FromSeconds(30));
        settings.Tunnel.MaxConnections.ShouldBe(10_000);
        settings.Tunnel.MaxStreams.ShouldBe(1024);
        settings.Tunnel.MaxHeaderBytes.ShouldBe(64 * 1024);
        settings.Certificates.FromFiles.ShouldBeFalse();
        settings.Health.Listen.Single().ToString().ShouldBe("127.0.0.1:8081");
        var upstream = settings.Routes.Single().Upstream.ShouldBeOfType<HttpUpstreamSettings>();
        upstream.HostHeader.ShouldBe("127.0.0.1:3001");
        upstream.Timeouts.Connect.ShouldBe(TimeSpan.FromSeconds(10));
        upstream.Timeouts.ResponseHeaders.ShouldBe(TimeSpan.FromMinutes(5));
        upstream.Timeouts.StreamIdle.ShouldBe(TimeSpan.FromMinutes(15));
        upstream.MaxConnections.ShouldBe(256);
        upstream.MaxRequestBytes.ShouldBe(128L << 20);
        upstream.ConnectAttempts.ShouldBe(2);
        upstream.Probe.Kind.ShouldBe(ProbeKind.Mcp);
        upstream.Probe.Path.ShouldBe("/mcp");
        upstream.SseKeepAlive.ShouldBe(TimeSpan.FromSeconds(25));
    }

    [Fact] // as editors of Windows write it
    public void Read_FileWithAByteOrderMark_IsTheSame()
    {
        var loaded = Load("\uFEFF# first line\n" + Good);

        loaded.Errors.ShouldBeEmpty();
        loaded.Settings.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("/mcp", "https://mcp.example.test/mcp")]
    [InlineData("/mcp/", "https://mcp.example.test/mcp/")]
    [InlineData("/a/b/", "https://mcp.example.test")]
    [InlineData("/", "https://mcp.example.test:8443/")]
    public void Read_PathAndResource_MayEndInASlash(string path, string resource)
    {
        var isCanonical = resource.TrimEnd('/') == resource || resource.EndsWith("/mcp/", StringComparison.Ordinal);
        var oauth = $"{{mode: dangerous_none, path: {path}, resource: \"{resource}\"}}";

        var loaded = Load(Good.Replace("{mode: dangerous_none}", oauth, StringComparison.Ordinal));

        loaded.Errors.Select(e => e.Key).ShouldBe(isCanonical ? [] : ["routes.docs.oauth.resource"]);
        (loaded.Settings?.Routes.Single().Oauth.Path).ShouldBe(isCanonical ? path : null);
    }

    [Fact]
    public void Read_NoRootsAtAll_IsAnError()
    {
        var text = Good.Replace(
            "allowed_ranges: [127.0.0.0/8]",
            "tls: {system_roots: false}",
            StringComparison.Ordinal
        );

        Load(text).Errors.ShouldHaveSingleItem().Key.ShouldBe("routes.docs.upstream.tls.system_roots");
    }

    [Fact]
    public void Read_NoRanges_AllowsPrivateNetworksAndNotLoopback()
    {
        var upstream = Load(Good.Replace("      allowed_ranges: [127.0.0.0/8]\n", "", StringComparison.Ordinal))
            .Settings.ShouldNotBeNull()
            .Routes.Single()
            .Upstream.ShouldBeOfType<HttpUpstreamSettings>();

        upstream.AllowedRanges.Contains(System.Net.IPAddress.Parse("10.1.2.3")).ShouldBeTrue();
        upstream.AllowedRanges.Contains(System.Net.IPAddress.Loopback).ShouldBeFalse();
        upstream.AllowedRanges.Contains(System.Net.IPAddress.Parse("169.254.169.254")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("tunnel:\n", "tunnels:\n", "tunnels")]
    [InlineData("tnl_010000000000000000000000", "docs", "tunnel.id")]
    [InlineData("  id: tnl_010000000000000000000000\n", "  connections: 2\n", "tunnel.id")]
    [InlineData("tnl_010000000000000000000000", "tnl_01", "tunnel.id")]
    [InlineData("tnl_010000000000000000000000", "\"${TUNNEL}\"", "tunnel.id")]
    [InlineData("  id: tnl", "  connections: 9\n  id: tnl", "tunnel.connections")]
    [InlineData("  id: tnl", "  connections: 0\n  id: tnl", "tunnel.connections")]
    [InlineData("  id: tnl", "  max_streams: 16385\n  id: tnl", "tunnel.max_streams")]
    [InlineData("  id: tnl", "  dial_timeout: 10\n  id: tnl", "tunnel.dial_timeout")]
    [InlineData("  id: tnl", "  edges: a\n  id: tnl", "tunnel.edges")]
    [InlineData("  docs:", "  Docs:", "routes.Docs")]
    [InlineData("  docs:", "  a.b:", "routes.a.b")]
    [InlineData("  docs:", "  -docs:", "routes.-docs")]
    [InlineData("http://127.0.0.1:3001", "http://127.0.0.1:3001/mcp", "routes.docs.upstream.url")]
    [InlineData("http://127.0.0.1:3001", "unix:run/mcp.sock", "routes.docs.upstream.url")]
    [InlineData("http://127.0.0.1:3001", "ftp://127.0.0.1", "routes.docs.upstream.url")]
    [InlineData("[127.0.0.0/8]", "[127.0.0.1/8]", "routes.docs.upstream.allowed_ranges[0]")]
    [InlineData("{mode: dangerous_none}", "{mode: required}", "routes.docs.oauth.issuers")]
    [InlineData("{mode: dangerous_none}", "{mode: required, issuers: [corp]}", "routes.docs.oauth.issuers")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, isuers: [corp]}", "routes.docs.oauth.isuers")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, path: mcp}", "routes.docs.oauth.path")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, path: /mcp//}", "routes.docs.oauth.path")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, path: /a/../b}", "routes.docs.oauth.path")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, resource: http://x}", "routes.docs.oauth.resource")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, resource: https://x/}", "routes.docs.oauth.resource")]
    [InlineData("{mode: dangerous_none}", "{mode: dangerous_none, dpop: maybe}", "routes.docs.oauth.dpop")]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: dangerous_none, required_scopes: [offline_access]}",
        "routes.docs.oauth.required_scopes"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: dangerous_none, scopes_supported: [offline_access]}",
        "routes.docs.oauth.scopes_supported"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: dangerous_none, required_scopes: [\"a b\"]}",
        "routes.docs.oauth.required_scopes"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: dangerous_none, operation_scopes: {tools/x: docs.write}}",
        "routes.docs.oauth.operation_scopes.tools/x"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: dangerous_none, authorization_server: {browser_url: \"https://login.example\"}}",
        "routes.docs.oauth.authorization_server.browser_url"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: passthrough, authorization_server: {browser_url: \"https://login.example/x\"}}",
        "routes.docs.oauth.authorization_server.browser_url"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: passthrough, authorization_server: {rewrite: [issuer]}}",
        "routes.docs.oauth.authorization_server.browser_url"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: passthrough, authorization_server: {browser_url: \"https://login.example\", rewrite: [authorization_endpoint]}}",
        "routes.docs.oauth.authorization_server.rewrite"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: passthrough, authorization_server: {browser_url: \"https://login.example\"}}",
        "routes.docs.oauth.issuers"
    )]
    [InlineData(
        "{mode: dangerous_none}",
        "{mode: passthrough, issuers: [corp], authorization_server: {browser_url: \"https://login.example\"}}",
        "routes.docs.oauth.issuers"
    )]
    [InlineData("routes:", "audit: {file: /var/log/calls.jsonl}\nroutes:", "audit.file")]
    [InlineData("routes:", "audit: {file: ../calls.jsonl}\nroutes:", "audit.file")]
    [InlineData("routes:", "audit: {file: lock}\nroutes:", "audit.file")]
    [InlineData("routes:", "audit: {on_full: drop}\nroutes:", "audit.on_full")]
    [InlineData("routes:", "audit: {arguments: values}\nroutes:", "audit.arguments")]
    [InlineData("routes:", "audit: {answers: values}\nroutes:", "audit.answers")]
    [InlineData("routes:", "audit: {rotate: {bytes: 1KiB}}\nroutes:", "audit.rotate.bytes")]
    [InlineData("routes:", "audit: {rotate: {keep: 0}}\nroutes:", "audit.rotate.keep")]
    [InlineData("routes:", "issuers: {corp: {issuer: \"http://as.example\"}}\nroutes:", "issuers.corp.issuer")]
    [InlineData("routes:", "issuers: {corp: {}}\nroutes:", "issuers.corp.issuer")]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", leeway: 61s}}\nroutes:",
        "issuers.corp.leeway"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", algorithms: [HS256]}}\nroutes:",
        "issuers.corp.algorithms"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", claims: [\"\"]}}\nroutes:",
        "issuers.corp.claims"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", claims: [\"a\\nb\"]}}\nroutes:",
        "issuers.corp.claims"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", claims: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]}}\nroutes:",
        "issuers.corp.claims"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", types: []}}\nroutes:",
        "issuers.corp.types"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", ca_file: nowhere.pem}}\nroutes:",
        "issuers.corp.ca_file"
    )]
    [InlineData(
        "routes:",
        "issuers: {corp: {issuer: \"https://as.example\", jwks_uri: x}}\nroutes:",
        "issuers.corp.jwks_uri"
    )]
    [InlineData("{mode: dangerous_none}", "{mode: none}", "routes.docs.oauth.mode")]
    [InlineData("    oauth: {mode: dangerous_none}\n", "", "routes.docs.oauth.mode")]
    [InlineData("    oauth:", "    policy: {mode: on}\n    oauth:", "routes.docs.policy.mode")]
    [InlineData("    oauth:", "    policy: {default: none}\n    oauth:", "routes.docs.policy.default")]
    [InlineData("    oauth:", "    policy: {json: {max_depth: 3}}\n    oauth:", "routes.docs.policy.json.max_depth")]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: allow}]}\n    oauth:",
        "routes.docs.policy.rules[0].tools"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, tools: [x]}]}\n    oauth:",
        "routes.docs.policy.rules[0].effect"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{effect: deny, tools: [x]}]}\n    oauth:",
        "routes.docs.policy.rules[0].name"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: deny, tools: [\"\"]}]}\n    oauth:",
        "routes.docs.policy.rules[0].tools"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: deny, resources: [x]}]}\n    oauth:",
        "routes.docs.policy.rules[0].resources"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: deny, tools: [x], rate: 1/1s}]}\n    oauth:",
        "routes.docs.policy.rules[0].effect"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: deny, tools: [x], subject: s}]}\n    oauth:",
        "routes.docs.policy.rules[0].name"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: allow, tools: [x]}, {name: a, effect: allow, tools: [y]}]}\n    oauth:",
        "routes.docs.policy.rules"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: allow, tools: [x], rate: 0/1s}]}\n    oauth:",
        "routes.docs.policy.rules[0].rate"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: allow, tools: [x], concurrency: 0}]}\n    oauth:",
        "routes.docs.policy.rules[0].concurrency"
    )]
    [InlineData(
        "    oauth:",
        "    policy: {rules: [{name: a, effect: allow, tools: [x], timeout: 1ms}]}\n    oauth:",
        "routes.docs.policy.rules[0].timeout"
    )]
    [InlineData("    oauth:", "    certificate: acme\n    oauth:", "acme.directory")]
    [InlineData("    oauth:", "    credentials: {type: static}\n    oauth:", "routes.docs.credentials.value")]
    [InlineData("    oauth:", "    credentials: {type: mtls}\n    oauth:", "routes.docs.credentials.type")]
    [InlineData(
        "    oauth:",
        "    credentials: {token: {url: \"https://a.b/t\", client_id: c, client_auth: client_secret_post, client_secret: env:PATH, audience: a}}\n    oauth:",
        "routes.docs.credentials.token"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: token_exchange, token: {url: \"https://a.b/t\", client_id: c, client_auth: client_secret_post, client_secret: env:PATH, audience: a}}\n    oauth:",
        "routes.docs.credentials.type"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"http://a.b/t\", client_id: c, client_auth: client_secret_post, client_secret: env:PATH, audience: a}}\n    oauth:",
        "routes.docs.credentials.token.url"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: client_secret_post, client_secret: env:PATH}}\n    oauth:",
        "routes.docs.credentials.token.audience"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_key_file: no.key, audience: a}}\n    oauth:",
        "routes.docs.credentials.token.client_key_file"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, client_secret: env:PATH}}\n    oauth:",
        "routes.docs.credentials.token.client_secret"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, client_key_file: no.key}}\n    oauth:",
        "routes.docs.credentials.token.client_key_file"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, client_certificate_file: no.pem}}\n    oauth:",
        "routes.docs.credentials.token.client_certificate_file"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, assertion: {source: agent}}}\n    oauth:",
        "routes.docs.credentials.token.assertion.source"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, assertion: {audience: \"a b\"}}}\n    oauth:",
        "routes.docs.credentials.token.assertion.audience"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, then: [{url: \"https://a.b/t\", client_id: c, client_auth: federated}]}}\n    oauth:",
        "routes.docs.credentials.token.then[0].audience"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, then: [{url: \"http://a.b/t\", client_id: c, client_auth: federated, audience: a}]}}\n    oauth:",
        "routes.docs.credentials.token.then[0].url"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: client_secret_post, client_secret: env:PATH, audience: a, assertion: {source: platform}}}\n    oauth:",
        "routes.docs.credentials.token.assertion"
    )]
    [InlineData(
        "    oauth:",
        "    credentials: {type: client_credentials, token: {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a, then: [{url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a}, {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a}, {url: \"https://a.b/t\", client_id: c, client_auth: federated, audience: a}]}}\n    oauth:",
        "routes.docs.credentials.token.then"
    )]
    [InlineData("    oauth:", "    credentials: {type: stored}\n    oauth:", "routes.docs.credentials.type")]
    [InlineData("    oauth:", "    credentials: {header: Host}\n    oauth:", "routes.docs.credentials.header")]
    [InlineData("    oauth:", "    credentials: {header: \"a b\"}\n    oauth:", "routes.docs.credentials.header")]
    [InlineData("      url:", "      stdio: {command: [x]}\n      url:", "routes.docs.upstream.stdio")]
    [InlineData(Upstream, "      stdio: {}\n", "routes.docs.upstream.stdio.command")]
    [InlineData(Upstream, "      stdio: {command: []}\n", "routes.docs.upstream.stdio.command")]
    [InlineData(Upstream, "      stdio: {command: [x], shell: true}\n", "routes.docs.upstream.stdio.shell")]
    [InlineData(Upstream, "      stdio: {command: [x], sharing: all}\n", "routes.docs.upstream.stdio.sharing")]
    [InlineData(Upstream, "      stdio: {command: [x], max_children: 0}\n", "routes.docs.upstream.stdio.max_children")]
    [InlineData(
        Upstream,
        "      stdio: {command: [x], environment: {A: \"env:NO_SUCH\"}}\n",
        "routes.docs.upstream.stdio.environment.A"
    )]
    [InlineData(
        Upstream,
        "      stdio: {command: [x], environment: {1A: b}}\n",
        "routes.docs.upstream.stdio.environment"
    )]
    [InlineData(
        Upstream,
        "      stdio: {command: [x]}\n      health: {probe: tcp}\n",
        "routes.docs.upstream.health.probe"
    )]
    [InlineData(
        Upstream + "    oauth: {mode: dangerous_none}\n",
        "      stdio: {command: [x]}\n    oauth: {mode: passthrough}\n",
        "routes.docs.oauth.mode"
    )]
    [InlineData("      url:", "      callouts: {}\n      url:", "routes.docs.upstream.callouts")]
    [InlineData(Upstream, "      callouts: {}\n", "routes.docs.upstream.callouts.targets")]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"http://x/\"}]}\n",
        "routes.docs.upstream.callouts.targets[0].url"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://u@x/\"}]}\n",
        "routes.docs.upstream.callouts.targets[0].url"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/a/../b\"}]}\n",
        "routes.docs.upstream.callouts.targets[0].url"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: A, url: \"https://x/\"}]}\n",
        "routes.docs.upstream.callouts.targets[0].name"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/\", methods: [TRACE]}]}\n",
        "routes.docs.upstream.callouts.targets[0].methods"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/\", category: \"a b\"}]}\n",
        "routes.docs.upstream.callouts.targets[0].category"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/\", tags: [token-endpoint, A]}]}\n",
        "routes.docs.upstream.callouts.targets[0].tags"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/\", description: \"a\\nb\"}]}\n",
        "routes.docs.upstream.callouts.targets[0].description"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/\", request_headers: [Host]}]}\n",
        "routes.docs.upstream.callouts.targets[0].request_headers"
    )]
    [InlineData(
        Upstream,
        "      callouts: {targets: [{name: a, url: \"https://x/\"}, {name: a, url: \"https://y/\"}]}\n",
        "routes.docs.upstream.callouts.targets[1].name"
    )]
    [InlineData("      url:", "      sse_keep_alive: 100ms\n      url:", "routes.docs.upstream.sse_keep_alive")]
    [InlineData("      url:", "      proxy: \"p:1\"\n      url:", "routes.docs.upstream.proxy")]
    [InlineData("      url:", "      proxy: \"http://u:p@p:1\"\n      url:", "routes.docs.upstream.proxy")]
    [InlineData("      url:", "      proxy_username: u\n      url:", "routes.docs.upstream.proxy_username")]
    [InlineData(
        "      url:",
        "      proxy: \"http://p:1\"\n      proxy_username: u\n      proxy_password: secret\n      url:",
        "routes.docs.upstream.proxy_password"
    )]
    [InlineData(
        "      url:",
        "      proxy: \"http://p:1\"\n      proxy_password: env:P\n      url:",
        "routes.docs.upstream.proxy_password"
    )]
    [InlineData(Upstream, "      url: http://localhost:1\n      proxy: \"http://p:1\"\n", "routes.docs.upstream.proxy")]
    [InlineData(
        Upstream,
        "      url: http://a.localhost.:1\n      proxy: \"http://p:1\"\n",
        "routes.docs.upstream.proxy"
    )]
    [InlineData(
        Upstream,
        "      url: http://metadata.google.internal\n      proxy: \"http://p:1\"\n",
        "routes.docs.upstream.proxy"
    )]
    [InlineData(Upstream, "      url: unix:/a\n      proxy: \"http://p:1\"\n", "routes.docs.upstream.proxy")]
    [InlineData("      url:", "      headers: {X-Api-Key: abc}\n      url:", "routes.docs.upstream.headers")]
    [InlineData("      url:", "      headers: {Host: a}\n      url:", "routes.docs.upstream.headers")]
    [InlineData("      url:", "      headers: {\"a b\": c}\n      url:", "routes.docs.upstream.headers")]
    [InlineData("      url:", "      headers: {X-A: 1, x-a: 2}\n      url:", "routes.docs.upstream.headers")]
    [InlineData("      url:", "      headers: {X-A: \"env:NO_SUCH\"}\n      url:", "routes.docs.upstream.headers.X-A")]
    [InlineData(
        "      url:",
        "      tls: {client_key_file: x.key}\n      url:",
        "routes.docs.upstream.tls.client_key_file"
    )]
    [InlineData(
        "      url: http:",
        "      tls: {client_key_file: x.key, client_certificate_file: x.pem}\n      url: http:",
        "routes.docs.upstream.tls.client_certificate_file"
    )]
    [InlineData(
        "      url: http:",
        "      tls: {client_key_file: x.key, client_certificate_file: x.pem}\n      url: https:",
        "routes.docs.upstream.tls.client_certificate_file"
    )]
    [InlineData("routes:", "network: {address_family: ipv5}\nroutes:", "network.address_family")]
    [InlineData("      url:", "      health: {probe: http}\n      url:", "routes.docs.upstream.health.probe")]
    [InlineData("      url:", "      health: {path: mcp}\n      url:", "routes.docs.upstream.health.path")]
    [InlineData("      url:", "      host_header: \"a b\"\n      url:", "routes.docs.upstream.host_header")]
    [InlineData("      url:", "      tls: {ca_file: nowhere.pem}\n      url:", "routes.docs.upstream.tls.ca_file")]
    [InlineData("routes:", "acme: {directory: \"https://ca.test/dir\"}\nroutes:", "acme.accept_terms")]
    [InlineData("routes:", "acme: {directory: \"http://ca.test/dir\", accept_terms: true}\nroutes:", "acme.directory")]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, contact: [ops@example.test]}\nroutes:",
        "acme.contact"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, contact: [\"mailto:a@x.test?cc=b@x.test\"]}\nroutes:",
        "acme.contact"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, ca_file: nowhere.pem}\nroutes:",
        "acme.ca_file"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, external_account: {key_id: a}}\nroutes:",
        "acme.external_account.hmac_key"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, external_account: {hmac_key: plain}}\nroutes:",
        "acme.external_account.hmac_key"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, caa_identity: \"ca test\"}\nroutes:",
        "acme.caa_identity"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, allowed_ranges: [10.0.0.1/8]}\nroutes:",
        "acme.allowed_ranges[0]"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, resolvers: [ns.test]}\nroutes:",
        "acme.resolvers[0]"
    )]
    [InlineData(
        "routes:",
        "acme: {directory: \"https://ca.test/dir\", accept_terms: true, dangerous_allow_unbound_acme: maybe}\nroutes:",
        "acme.dangerous_allow_unbound_acme"
    )]
    [InlineData("    oauth:", "    hostnames: [MCP.example.com]\n    oauth:", "routes.docs.hostnames")]
    [InlineData(
        "    oauth:",
        "    certificate: acme\n    hostnames: [\"*.example.com\"]\n    oauth:",
        "routes.docs.hostnames"
    )]
    [InlineData("    oauth:", "    certificate: acme\n    hostnames: [localhost]\n    oauth:", "routes.docs.hostnames")]
    [InlineData("    oauth:", "    certificate: acme\n    hostnames: [a.test, a.test]\n    oauth:", "routes")]
    [InlineData("    oauth:", "    certificate: public\n    oauth:", "routes.docs.certificate")]
    [InlineData("routes:", "network: {proxy: {url: \"ftp://p\"}}\nroutes:", "network.proxy.url")]
    [InlineData("routes:", "telemetry: {otlp: on}\nroutes:", "telemetry.otlp")]
    [InlineData("routes:", "health: {ui: maybe}\nroutes:", "health.ui")]
    [InlineData("routes:", "certificates: {source: files}\nroutes:", "certificates.certificate_file")]
    [InlineData("routes:", "certificates: {key_file: x.key}\nroutes:", "certificates.key_file")]
    [InlineData("routes:", "certificates: {tls_min_version: \"1.1\"}\nroutes:", "certificates.tls_min_version")]
    [InlineData("  rule_id:", "  mode: manual\n  rule_id:", "certificates.source")]
    public void Read_BadKey_IsNamedWithItsLine(string good, string bad, string key)
    {
        var result = Load(Good.Replace(good, bad, StringComparison.Ordinal));

        result.IsValid.ShouldBeFalse();
        var error = result.Errors.FirstOrDefault(e => e.Key == key);
        error.ShouldNotBeNull($"errors: {string.Join(" | ", result.Errors)}");
        error.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void Read_Pins_HaveTheDefaultsOfTheReference()
    {
        Load(Good).Settings.ShouldNotBeNull().Routes.Single().Pins.Mode.ShouldBe(PinMode.Off);

        var pins = Load(WithPins("{mode: enforce}")).Settings.ShouldNotBeNull().Routes.Single().Pins;

        (pins.Mode, pins.Refresh, pins.TrustsFirstUse).ShouldBe((PinMode.Enforce, TimeSpan.FromMinutes(5), false));
        pins.Kinds.Count.ShouldBe(5);
        (pins.Added, pins.Description, pins.Widened).ShouldBe((PinAction.Block, PinAction.Block, PinAction.Block));
        (pins.RiskUp, pins.RenameSuspect).ShouldBe((PinAction.Block, PinAction.Block));
        (pins.Narrowed, pins.Removed).ShouldBe((PinAction.Alert, PinAction.Alert));
        Load(WithPins("{mode: enforce, on: {widened: serve_pinned}, kinds: [tools]}"))
            .Settings.ShouldNotBeNull()
            .Routes.Single()
            .Pins.Widened.ShouldBe(PinAction.ServePinned);
    }

    [Theory]
    [InlineData("{mode: enforce, on: {added: serve_pinned}}", "routes.docs.pins.on.added")]
    [InlineData("{mode: enforce, on: {removed: serve_pinned}}", "routes.docs.pins.on.removed")]
    [InlineData("{mode: enforce, on: {rename_suspect: serve_pinned}}", "routes.docs.pins.on.rename_suspect")]
    [InlineData("{mode: enforce, refresh: 1s}", "routes.docs.pins.refresh")]
    [InlineData("{mode: enforce, kinds: [tool]}", "routes.docs.pins.kinds")]
    public void Read_BadPins_AreNamed(string pins, string key) =>
        Load(WithPins(pins)).Errors.ShouldHaveSingleItem().Key.ShouldBe(key);

    [Fact] // without the policy nothing would be hidden or denied
    public void Read_PinsEnforcedWithoutThePolicy_IsAnError() =>
        Load(
            WithPins("{mode: enforce}")
                .Replace("mode: enforce, default", "mode: observe, default", StringComparison.Ordinal)
        )
            .Errors.ShouldHaveSingleItem()
            .Key.ShouldBe("routes.docs.pins.mode");

    private static string WithPins(string pins) =>
        Good.Replace(
            "    oauth:",
            $"    policy: {{mode: enforce, default: allow}}\n    pins: {pins}\n    oauth:",
            StringComparison.Ordinal
        );

    [Fact]
    public void Read_Acme_IsWhatWasWritten()
    {
        var settings = Load(
            Good.Replace(
                    "routes:",
                    """
                    acme:
                      directory: https://ca.test/dir
                      contact: ["mailto:ops@example.test"]
                      accept_terms: true
                      caa_identity: ca.test
                      resolvers: ["127.0.0.1:53"]
                    routes:
                    """,
                    StringComparison.Ordinal
                )
                .Replace(
                    "    oauth:",
                    "    certificate: acme\n    hostnames: [mcp.example.com]\n    oauth:",
                    StringComparison.Ordinal
                )
        )
            .Settings.ShouldNotBeNull();

        settings.Acme.Directory.ShouldBe("https://ca.test/dir");
        settings.Acme.Contact.ShouldBe(["mailto:ops@example.test"]);
        settings.Acme.CaaIdentity.ShouldBe("ca.test");
        settings.Acme.Resolvers.Single().ToString().ShouldBe("127.0.0.1:53");
        settings.Acme.DangerousAllowUnbound.ShouldBeFalse();
        settings.Routes.Single().IsPublic.ShouldBeTrue();
        settings.Routes.Single().Hostnames.ShouldBe(["mcp.example.com"]);
    }

    [Fact]
    public void Read_ManyFaults_AreReportedAtOnce()
    {
        var result = Load(
            Good.Replace("tnl_010000000000000000000000", "x", StringComparison.Ordinal)
                .Replace("dangerous_none", "requird", StringComparison.Ordinal)
                .Replace("http://127.0.0.1:3001", "nothing", StringComparison.Ordinal) + "colour: red\n"
        );

        result
            .Errors.Select(e => e.Key)
            .ShouldBe(["tunnel.id", "routes.docs.upstream.url", "routes.docs.oauth.mode", "colour"], ignoreOrder: true);
    }

    [Fact]
    public void Read_Oauth_HasTheDefaultsOfTheReference()
    {
        var settings = Load(
            Good.Replace("{mode: dangerous_none}", "{mode: required, issuers: [corp]}", StringComparison.Ordinal)
                + "issuers: {corp: {issuer: \"https://login.example.com\"}}\n"
        )
            .Settings.ShouldNotBeNull();

        var oauth = settings.Routes.Single().Oauth;
        oauth.Mode.ShouldBe(OauthMode.Required);
        oauth.Path.ShouldBe("/mcp");
        oauth.Dpop.ShouldBe(DpopMode.Optional);
        oauth.StreamGrace.ShouldBe(TimeSpan.Zero);
        settings.Routes.Single().Credential.Type.ShouldBe(CredentialType.None);
        var issuer = settings.Issuers.Single();
        issuer.Leeway.ShouldBe(TimeSpan.FromSeconds(30));
        issuer.KeysStaleFor.ShouldBe(TimeSpan.FromHours(24));
        issuer.Types.ShouldBe(["at+jwt"]);
        issuer.Algorithms.ShouldBe(
            Culvert.Jose.Algorithms.JwsAlgorithms.ES256
                | Culvert.Jose.Algorithms.JwsAlgorithms.RS256
                | Culvert.Jose.Algorithms.JwsAlgorithms.PS256
        );
    }

    [Fact]
    public void A8_TwoRoutesWithOneAudience_AreRefused()
    {
        var result = Load(
            Good.Replace(
                "{mode: dangerous_none}",
                "{mode: required, issuers: [corp], audiences: [api://all]}",
                StringComparison.Ordinal
            )
                + """
                  files:
                    upstream: {url: "http://10.1.2.3:80"}
                    oauth: {mode: required, issuers: [corp], audiences: [api://all]}
                issuers: {corp: {issuer: "https://login.example.com"}}

                """
        );

        result.Errors.Single().Key.ShouldBe("routes.files.oauth.audiences");
    }

    // A19, A20: the agent keeps no grants of users, so there are none to refresh or to lose.
    [Fact]
    public void A19_A20_StoredGrantsOfUsers_AreNoCredentialType() =>
        Load(Good.Replace("    oauth:", "    credentials: {type: user_grant}\n    oauth:", StringComparison.Ordinal))
            .Errors.Single()
            .Key.ShouldBe("routes.docs.credentials.type");

    [Fact]
    public void Read_NoRoutes_IsRefused()
    {
        var result = Load(Good[..Good.IndexOf("routes:", StringComparison.Ordinal)]);

        result.Errors.ShouldContain(e => e.Key == "routes");
    }

    [Fact]
    public void Read_ManualMode_NeedsFilesAndToken()
    {
        File.WriteAllText(Path.Combine(folder, "leaf.pem"), "");
        File.WriteAllText(Path.Combine(folder, "leaf.key"), "");
        var token = Path.Combine(folder, "token");
        File.WriteAllText(token, "clv_tun_x");
        File.SetUnixFileMode(token, UnixFileMode.UserRead);

        var result = Load(
            """
            config_version: 1
            identity: {url: "https://identity.example.com:8443", mode: manual, tunnel_token: "file:token"}
            tunnel: {id: tnl_010000000000000000000000}
            certificates: {source: files, certificate_file: leaf.pem, key_file: leaf.key}
            routes:
              "@":
                upstream: {url: "https://docs.corp.internal:8443"}
                oauth: {mode: dangerous_none}
            """
        );

        result.Errors.ShouldBeEmpty();
        result.Settings!.Certificates.FromFiles.ShouldBeTrue();
        result
            .Settings.Routes.Single()
            .Upstream.ShouldBeOfType<HttpUpstreamSettings>()
            .TlsServerName.ShouldBe("docs.corp.internal");
    }

    [Theory]
    [InlineData("agent.yaml")]
    [InlineData("agent-manual.yaml")]
    [InlineData("agent-routes.yaml")]
    public void Read_Sample_KnowsEveryKey(string name)
    {
        var sample = CheckoutFolder.GetPath($"deploy/{name}");

        var result = ConfigLoader.Load(
            ConfigLocation.Agent,
            sample,
            AgentConfiguration.Read,
            new Dictionary<string, string>()
        );

        // A sample names files that exist only where it is deployed.
        result.Errors.Where(e => !e.Message.Contains("does not exist", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ConfigResult<AgentSettings> Load(string yaml)
    {
        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(file, yaml);
        return ConfigLoader.Load(ConfigLocation.Agent, file, AgentConfiguration.Read, new Dictionary<string, string>());
    }
}
