using System.Net;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Imports;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.Extensions.Logging;

namespace Culvert.Tunnel.Agent.Tests.Imports;

public sealed class ProxyConfigImportTests : IDisposable
{
    private readonly ImportScene scene = new();

    [Fact]
    public void Import_WholeFile_HasTheRoutesWithTheirAddressesAndTrust()
    {
        var result = scene.ImportProxy(
            $$"""
            listen_addr: ":8080"
            log_level: warn
            shutdown_timeout: 1m30s
            tunnel_domain: abcd1234.tunnel.example.com
            tls: {cert_file: "{{scene.Certificate}}", key_file: "{{scene.Key}}"}
            routes:
              wiki: http://wiki.corp:8080
              "docs.abcd1234.tunnel.example.com": https://docs.corp:8443
              "abcd1234.tunnel.example.com": http://10.1.2.3:80
            upstream:
              allowed_ips: [10.1.0.0/16, 192.168.7.9]
              tls: {ca_file: "{{scene.Certificate}}"}
            """
        );

        var settings = scene.Read(result);
        settings.Log.Level.ShouldBe(LogLevel.Warning);
        settings.Tunnel.DrainTimeout.ShouldBe(TimeSpan.FromSeconds(90));
        settings.Routes.Select(r => r.Name).ShouldBe(["wiki", "docs", "@"]);
        settings.Routes.ShouldAllBe(r => r.Oauth.Mode == OauthMode.Passthrough);
        var docs = settings.Routes[1].Upstream.ShouldBeOfType<HttpUpstreamSettings>();
        (docs.Host, docs.Port, docs.IsTls, docs.TlsSystemRoots).ShouldBe(("docs.corp", 8443, true, false));
        docs.TlsCaPem.ShouldContain("BEGIN CERTIFICATE");
        docs.AllowedRanges.Contains(IPAddress.Parse("192.168.7.9")).ShouldBeTrue();
        docs.AllowedRanges.Contains(IPAddress.Parse("192.168.7.8")).ShouldBeFalse();
        settings.LongPolls.ShouldBeEmpty();
        var tunnel = settings.Connectors.ShouldHaveSingleItem();
        tunnel.Listen.ShouldBe(new IPEndPoint(IPAddress.Loopback, 8080));
        tunnel.Domain.ShouldBe("abcd1234.tunnel.example.com");
        tunnel.Routes.ShouldBe(["wiki", "docs", "@"]);
        (tunnel.CertificateFile, tunnel.KeyFile).ShouldBe((scene.Certificate, scene.Key));
        result.Notes.Single(n => n.Key == "listen_addr").Text.ShouldContain("loopback alone");
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.ToDo && n.Text.Contains("Stop the proxy"));
        result.Notes.ShouldNotContain(n => n.Kind == ImportNoteKind.NoEqual);
    }

    [Theory]
    [InlineData("listen_addr: \"127.0.0.1:9000\"", "127.0.0.1:9000", false)]
    [InlineData("listen_addr: \"[::1]:9000\"", "[::1]:9000", false)]
    [InlineData("listen_addr: \"localhost:9000\"", "127.0.0.1:9000", false)]
    [InlineData("listen_addr: \"0.0.0.0:9000\"", "127.0.0.1:9000", true)]
    [InlineData("listen_addr: \"10.1.2.3:9000\"", "127.0.0.1:9000", true)]
    [InlineData("log_level: info", "127.0.0.1:8080", false)]
    public void Import_ListenAddress_IsOnLoopback(string line, string expected, bool isSaid)
    {
        var result = scene.ImportProxy($"{line}\nroutes: {{wiki.t.example.com: \"http://wiki.corp:8080\"}}");

        var tunnel = scene.Read(result).Connectors.Single();
        tunnel.Listen.ShouldBe(IPEndPoint.Parse(expected));
        tunnel.Domain.ShouldBe("t.example.com");
        tunnel.Routes.ShouldBe(["wiki"]);
        result.Notes.Any(n => n.Key == "listen_addr" && n.Kind == ImportNoteKind.Changed).ShouldBe(isSaid);
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.ToDo && n.Text.Contains("names no certificate"));
    }

    [Fact]
    public void Import_NoCommonDomain_SaysWhatToWrite()
    {
        var result = scene.ImportProxy("routes: {a.x.example: \"http://p:1\", a.y.example: \"http://q:1\"}");

        scene.Read(result).Connectors.ShouldBeEmpty();
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.ToDo && n.Key == "tunnels");
    }

    [Fact]
    public void Import_NoAllowedAddresses_AllowsWhatTheProxyDid()
    {
        var upstream = scene
            .Read(scene.ImportProxy("routes: {wiki.example.com: \"http://wiki.corp:8080\"}"))
            .Routes.Single(r => r.Name == "wiki")
            .Upstream.ShouldBeOfType<HttpUpstreamSettings>();

        upstream.AllowedRanges.ToString().ShouldBe("10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16");
        upstream.DangerousAllowAnyAddress.ShouldBeFalse();
    }

    [Fact]
    public void Import_NoCheckOfAddresses_IsSaid()
    {
        var result = scene.ImportProxy(
            "routes: {wiki: \"https://wiki.corp:8443\"}\nupstream: {disable_ip_validation: true, tls: {include_system_cas: true}}"
        );

        var upstream = scene.Read(result).Routes.Single().Upstream.ShouldBeOfType<HttpUpstreamSettings>();
        upstream.DangerousAllowAnyAddress.ShouldBeTrue();
        upstream.TlsSystemRoots.ShouldBeTrue();
        result.Notes.ShouldContain(n => n.Kind == ImportNoteKind.Changed && n.Key == "upstream.disable_ip_validation");
    }

    [Fact]
    public void Import_NamesThatAreEqualAsLabels_GetANumber() =>
        scene
            .Read(scene.ImportProxy("routes: {a.x.example: \"http://p:1\", a.y.example: \"http://q:1\"}"))
            .Routes.Select(r => r.Name)
            .ShouldBe(["a", "a-2"]);

    [Fact] // the whole host name first, then what is before the domain, whatever the order of the file
    public void Import_NamesOfOneHost_KeepTheProxysOrder()
    {
        var result = scene.ImportProxy(
            """
            tunnel_domain: t.example.com
            routes:
              wiki: "http://short.corp:1"
              docs.other.example: "http://other.corp:2"
              docs-other-example: "http://docs.corp:3"
              wiki.t.example.com: "http://whole.corp:4"
            """
        );

        scene
            .Read(result)
            .Routes.Select(r => $"{r.Name} {r.Upstream.ShouldBeOfType<HttpUpstreamSettings>().Host}")
            .ShouldBe(["docs-other-example-2 other.corp", "docs-other-example docs.corp", "wiki whole.corp"]);
        var unused = result.Notes.Single(n => n.Kind == ImportNoteKind.NoEqual);
        unused.Key.ShouldBe("routes.wiki");
        unused.Text.ShouldContain("wiki.t.example.com has one of its own");
    }

    [Theory]
    [InlineData("routes: [wiki]", "routes")]
    [InlineData("routes: {wiki: \"http://wiki.corp/path\"}", "routes")]
    [InlineData("routes: {wiki: \"http://u:p@wiki.corp\"}", "routes")]
    [InlineData("routes: {wiki: \"wiki.corp:80\"}", "routes")]
    [InlineData("routes: {wiki: {}}", "routes.wiki")]
    [InlineData("routes: {\"wi ki\": \"http://wiki.corp:80\"}", "routes")]
    [InlineData("tunnel_domain: t.example\nroutes: {t.example: \"http://a:1\", T.example: \"http://b:1\"}", "routes")]
    [InlineData("upstream: {allowed_ips: [10.1.2.3/8]}", "upstream.allowed_ips")]
    [InlineData("upstream: {allowed_ips: [\"fd00::/8\"]}", "upstream.allowed_ips")]
    [InlineData("shutdown_timeout: soon", "shutdown_timeout")]
    [InlineData("log_level: loud", "log_level")]
    [InlineData("listen_addr: \"8080\"", "listen_addr")]
    [InlineData("listen_addr: \":0\"", "listen_addr")]
    [InlineData("route: {}", "route")]
    [InlineData("{}", "routes")]
    public void Import_BadFile_NamesTheKey(string yaml, string key)
    {
        var result = scene.ImportProxy(yaml);

        result.Text.ShouldBeEmpty();
        result.Errors.ShouldContain(e => e.Key == key && e.Message.Length > 0 && e.Remedy.Length > 0);
        result.Errors.ShouldAllBe(e => e.Value == null);
    }

    public void Dispose() => scene.Dispose();
}
