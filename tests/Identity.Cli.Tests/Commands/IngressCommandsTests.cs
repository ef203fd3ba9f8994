using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

/// <summary>Range sets, client CAs, limits, pauses, agents and DNS records.</summary>
public sealed class IngressCommandsTests : CommandTest
{
    private const string Tunnels = "GET /v1/tunnels?limit=100";
    private const string Agents = "GET /v1/tunnels/tnl_01a/agents";
    private const string Status = "GET /v1/tunnels/tnl_01a/status";
    private const string Hostnames = "GET /v1/tunnels/tnl_01a/hostnames?limit=100";
    private const string OneTunnel = """{"data":[{"id":"tnl_01a","domain":"a.t.example"}],"next_page":null}""";

    [Theory]
    [InlineData("192.0.2.0/24 # office\n\n# old\n2001:db8::/32\n")]
    [InlineData("""["192.0.2.0/24","2001:db8::/32"]""")]
    public async Task RangeSetApply_File_SendsItsRanges(string text)
    {
        Service.On("POST /v1/client_range_sets/vendor", """{"name":"vendor"}""");

        var run = await Stage.RunAsync(
            "range-set",
            "apply",
            "vendor",
            "-f",
            Stage.Write("ranges", text),
            "--revision",
            "3"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"ranges":["192.0.2.0/24","2001:db8::/32"],"revision":3}""");
    }

    [Fact]
    public async Task RangeSetApply_NothingSaidOfItsContent_IsUsage() =>
        (await Stage.RunAsync("range-set", "apply", "vendor")).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact]
    public async Task RangeSetApply_WorkspaceChosen_IsTheOrganizationsAllTheSame()
    {
        Stage.Variables[SettingVariables.Workspace] = "wrkspc_07";
        Service.On("POST /v1/client_range_sets/vendor", """{"name":"vendor"}""");

        var run = await Stage.RunAsync("range-set", "apply", "vendor", "--range", "192.0.2.0/24");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Headers.Keys.ShouldNotContain("anthropic-workspace-id");
    }

    [Fact]
    public async Task RangeSetRemove_Deletes()
    {
        Service.On("DELETE /v1/client_range_sets/vendor", """{"name":"vendor"}""");

        (await Stage.RunAsync("range-set", "remove", "vendor")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task ClientCaAdd_SendsCertificateAndIdentities()
    {
        Service.On("POST /v1/tunnels/tnl_01a/client_certificate_authorities", """{"id":"clca_01"}""");

        var run = await Stage.RunAsync(
            "tunnel",
            "client-ca",
            "add",
            "tnl_01a",
            "--file",
            Stage.Write("clients.pem", "PEM"),
            "--identity",
            "dns:*.clients.example.com"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"ca_certificate_pem":"PEM","identities":["dns:*.clients.example.com"]}""");
    }

    [Fact]
    public async Task ClientCaAdd_NoIdentity_IsUsage() =>
        (
            await Stage.RunAsync("tunnel", "client-ca", "add", "tnl_01a", "--file", Stage.Write("clients.pem", "PEM"))
        ).ExitCode.ShouldBe(ExitCode.Usage);

    [Fact] // the service takes all limits at once: those not named are kept, at the revision that they were read at
    public async Task TunnelUpdate_OneLimit_KeepsTheOthers()
    {
        Service
            .On(
                "GET /v1/tunnels/tnl_01a",
                """{"id":"tnl_01a","revision":4,"limits":{"max_connections":5,"new_connections":null,"bytes_per_second":null,"open_streams":9}}"""
            )
            .On("POST /v1/tunnels/tnl_01a", """{"id":"tnl_01a"}""");

        var run = await Stage.RunAsync(
            "tunnel update tnl_01a --new-connections 10/1s --open-streams default --affinity client --range-set vendor".Split(
                ' '
            )
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe(
            """{"client_range_sets":["vendor"],"affinity":"client","limits":{"max_connections":5,"new_connections":"10/1s","bytes_per_second":null,"open_streams":null},"revision":4}"""
        );
    }

    [Theory]
    [InlineData("72h", "259200")]
    [InlineData("default", "null")]
    public async Task TunnelUpdate_OfflineGrace_IsSentInSeconds(string written, string sent)
    {
        Service.On("POST /v1/tunnels/tnl_01a", """{"id":"tnl_01a"}""");
        var run = await Stage.RunAsync(["tunnel", "update", "tnl_01a", "--offline-grace", written]);
        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe($$"""{"offline_grace_seconds":{{sent}}}""");
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    public async Task TunnelPause_SendsTheReason(string verb)
    {
        Service.On($"POST /v1/tunnels/tnl_01a/{verb}", """{"id":"tnl_01a"}""");

        var run = await Stage.RunAsync("tunnel", verb, "tnl_01a", "--reason", "incident 7");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"reason":"incident 7"}""");
    }

    [Theory]
    [InlineData("disconnect", null)]
    [InlineData("revoke", "--yes")]
    public async Task AgentChange_Instance_IsFoundInItsTunnel(string verb, string? confirmation)
    {
        Service
            .On(Tunnels, OneTunnel)
            .On("GET /v1/tunnels/tnl_01a/agents", """{"data":[{"id":"agt_01","instance_id":"pod-1"}]}""")
            .On($"POST /v1/tunnels/tnl_01a/agents/agt_01/{verb}", """{"id":"agt_01"}""");
        string[] command = ["agent", verb, "pod-1", .. confirmation is null ? [] : (string[])[confirmation]];

        var run = await Stage.RunAsync(command);

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Target.ShouldBe($"/v1/tunnels/tnl_01a/agents/agt_01/{verb}");
    }

    [Fact]
    public async Task AgentRevoke_NobodyToAsk_IsUsage()
    {
        Service
            .On(Tunnels, OneTunnel)
            .On("GET /v1/tunnels/tnl_01a/agents", """{"data":[{"id":"agt_01","instance_id":"pod-1"}]}""");

        (await Stage.RunAsync("agent", "revoke", "agt_01")).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task AgentShow_Unknown_IsRefused()
    {
        Service.On(Tunnels, OneTunnel).On("GET /v1/tunnels/tnl_01a/agents", """{"data":[]}""");

        (await Stage.RunAsync("agent", "show", "agt_01")).ExitCode.ShouldBe(ExitCode.Refused);
    }

    [Fact]
    public async Task HostnameAdd_SendsTheName()
    {
        Service.On("POST /v1/tunnels/tnl_01a/hostnames", """{"name":"mcp.example.com"}""");

        (await Stage.RunAsync("tunnel", "hostname", "add", "tnl_01a", "mcp.example.com")).ExitCode.ShouldBe(0);
        Last.Body.ShouldBe("""{"name":"mcp.example.com"}""");
    }

    [Theory]
    [InlineData("active", 0)]
    [InlineData("pending", 2)]
    [InlineData("suspended", 2)]
    public async Task HostnameCheck_State_IsTheExitCode(string state, int exit)
    {
        Service.On("POST /v1/tunnels/tnl_01a/hostnames/mcp.example.com/check", $$"""{"state":"{{state}}"}""");

        (await Stage.RunAsync("tunnel", "hostname", "check", "tnl_01a", "mcp.example.com")).ExitCode.ShouldBe(exit);
    }

    [Fact]
    public async Task HostnameApprove_AsksFirst()
    {
        Service.On("POST /v1/tunnels/tnl_01a/hostnames/mcp.example.com/approve", """{"state":"active"}""");
        string[] command = ["tunnel", "hostname", "approve", "tnl_01a", "mcp.example.com"];

        (await Stage.RunAsync(command)).ExitCode.ShouldBe(ExitCode.Usage);
        (await Stage.RunAsync([.. command, "--yes"])).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task HostnameRemove_Deletes()
    {
        Service.On("DELETE /v1/tunnels/tnl_01a/hostnames/mcp.example.com", """{"name":"mcp.example.com"}""");

        (await Stage.RunAsync("tunnel", "hostname", "remove", "tnl_01a", "mcp.example.com")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task DnsExport_Addresses_AreTheZone()
    {
        Service
            .On(Tunnels, OneTunnel)
            .On(
                Status,
                """
                {"edges":[
                {"id":"edge_01","assigned":true,"draining":false,"addresses":["192.0.2.1:7844","[2001:db8::1]:7844"]},
                {"id":"edge_02","assigned":true,"draining":true,"addresses":["192.0.2.2:7844"]},
                {"id":"edge_03","assigned":false,"draining":false,"addresses":["192.0.2.3:7844"]}]}
                """
            );

        Service.On(
            Hostnames,
            """
            {"data":[{"name":"mcp.b.example","cname_target":"a.t.example","txt_name":"_culvert.mcp.b.example",
            "txt_value":"culvert-hostname=x"}],"next_page":null}
            """
        );

        Service.On(Agents, $$"""{"data":[{{Agent("acct/7", names: "mcp.b.example")}}],"next_page":null}""");

        var run = await Stage.RunAsync("dns", "export");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe(
            """
            a.t.example. 300 IN A 192.0.2.1
            *.a.t.example. 300 IN A 192.0.2.1
            a.t.example. 300 IN AAAA 2001:db8::1
            *.a.t.example. 300 IN AAAA 2001:db8::1
            t.example. 300 IN CAA 0 issue ";"
            mcp.b.example. 300 IN CNAME a.t.example.
            _culvert.mcp.b.example. 300 IN TXT "culvert-hostname=x"
            b.example. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/7; validationmethods=tls-alpn-01"

            """
        );
    }

    [Fact] // each tunnel's clients go to its own edges
    public async Task DnsExport_TwoTunnels_EachHasItsOwnEdges()
    {
        const string Empty = """{"data":[],"next_page":null}""";
        Service.On(
            Tunnels,
            """{"data":[{"id":"tnl_01a","domain":"a.t.example"},{"id":"tnl_01b","domain":"b.t.example"}],"next_page":null}"""
        );
        foreach (var (id, address) in new[] { ("tnl_01a", "192.0.2.1"), ("tnl_01b", "192.0.2.2") })
        {
            Service
                .On(
                    $"GET /v1/tunnels/{id}/status",
                    $$"""{"edges":[{"assigned":true,"draining":false,"addresses":["{{address}}:7844"]}]}"""
                )
                .On($"GET /v1/tunnels/{id}/hostnames?limit=100", Empty);
        }

        var run = await Stage.RunAsync("dns", "export", "--caa", "none");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe(
            """
            a.t.example. 300 IN A 192.0.2.1
            *.a.t.example. 300 IN A 192.0.2.1
            b.t.example. 300 IN A 192.0.2.2
            *.b.t.example. 300 IN A 192.0.2.2

            """
        );
    }

    [Theory] // edges by name or id; the word none removes the pins
    [InlineData("--edge edge_01 --edge edge-2", """["edge_01","edge_02"]""")]
    [InlineData("--edge none", "[]")]
    public async Task TunnelUpdate_Edges_ReplaceThePins(string flags, string sent)
    {
        Service
            .On("GET /v1/edges?limit=100", """{"data":[{"id":"edge_02","name":"edge-2"}],"next_page":null}""")
            .On("POST /v1/tunnels/tnl_01a", """{"id":"tnl_01a"}""");

        var run = await Stage.RunAsync(["tunnel", "update", "tnl_01a", .. flags.Split(' ')]);

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe($$"""{"edge_ids":{{sent}}}""");
    }

    [Theory]
    [InlineData(
        "192.0.2.1",
        """
            docs.a.t.example. 300 IN A 192.0.2.1
            docs.a.t.example. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/1; validationmethods=tls-alpn-01"
            docs.a.t.example. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/2; validationmethods=tls-alpn-01"
            t.example. 300 IN CAA 0 issue ";"
            """
    )]
    [InlineData(
        "lb.example.com", // a name with an alias may have no other record
            """
            t.example. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/1; validationmethods=tls-alpn-01"
            t.example. 300 IN CAA 0 issue "ca.example; accounturi=https://ca.example/acct/2; validationmethods=tls-alpn-01"
            """
    )]
    public async Task TunnelDns_AgentsWithPublicAccounts_AreBoundByCaa(string target, string expected)
    {
        Service
            .On("GET /v1/tunnels/tnl_01a", """{"id":"tnl_01a","domain":"a.t.example"}""")
            .On(Hostnames, """{"data":[],"next_page":null}""")
            .On(
                Agents,
                $$"""{"data":[{{Agent("acct/2")}},{{Agent("acct/1")}},{{Agent("acct/1")}}],"next_page":null}"""
            );

        var run = await Stage.RunAsync("tunnel", "dns", "tnl_01a", "--target", target);

        run.ExitCode.ShouldBe(0, run.Error);
        string.Join('\n', run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2)).ShouldBe(expected);
    }

    [Fact] // whatever an agent says, the zone's owner publishes nothing for others' names, and no line of its own
    public async Task TunnelDns_AgentThatLies_GetsNoRecord()
    {
        string[] lies =
        [
            Agent("acct/1", names: "docs.b.t.example"),
            Agent("acct/1", names: "example"),
            Agent("acct/1", names: "x y.a.t.example"),
            Agent("acct/1\\\"\\nevil. 300 IN A 192.0.2.9 ;"),
            Agent("acct/1", issuer: "ca.example; accounturi=x"),
            Agent("acct/1").Replace("https:", "http:", StringComparison.Ordinal),
        ];
        Service
            .On("GET /v1/tunnels/tnl_01a", """{"id":"tnl_01a","domain":"a.t.example"}""")
            .On(Hostnames, """{"data":[],"next_page":null}""")
            .On(Agents, $$"""{"data":[{{string.Join(',', lies)}}],"next_page":null}""");

        var run = await Stage.RunAsync("tunnel", "dns", "tnl_01a", "--target", "192.0.2.1");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe(
            "a.t.example. 300 IN A 192.0.2.1\n*.a.t.example. 300 IN A 192.0.2.1\nt.example. 300 IN CAA 0 issue \";\"\n"
        );
    }

    [Fact]
    public async Task DnsExport_SeveralNames_AsksForATarget()
    {
        Service
            .On(Tunnels, OneTunnel)
            .On(
                Status,
                """
                {"edges":[{"assigned":true,"addresses":["e1.example:7844"]},{"assigned":true,"addresses":["e2.example:7844"]}]}
                """
            );

        var run = await Stage.RunAsync("dns", "export");

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("--target");
    }

    [Fact]
    public async Task TunnelDns_Target_IsAnAlias()
    {
        Service
            .On("GET /v1/tunnels/tnl_01a", """{"id":"tnl_01a","domain":"a.t.example"}""")
            .On(Hostnames, """{"data":[],"next_page":null}""");

        var run = await Stage.RunAsync("tunnel", "dns", "tnl_01a", "--target", "lb.example.com", "--caa", "none");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldBe("a.t.example. 300 IN CNAME lb.example.com.\n*.a.t.example. 300 IN CNAME lb.example.com.\n");
    }

    private static string Agent(string account, string names = "docs.a.t.example", string issuer = "ca.example") =>
        $$$"""
            {"revoked_at":null,"routes":[{"name":"files"},
            {"public":{"names":["{{{names}}}"],"issuer":"{{{issuer}}}","account":"https://ca.example/{{{account}}}"}}]}
            """;
}
