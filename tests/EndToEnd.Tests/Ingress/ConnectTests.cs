using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Processes;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Ingress;

/// <summary>S22 with clients of other projects: curl, and Node's undici.</summary>
[Collection(IngressSystemCollection.Name)]
public sealed partial class ConnectTests(IngressSystem system) : SystemTest(system)
{
    private const string Identity = "spiffe://products.example/app/one";
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}""";

    private static int lastClient;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Connect_CurlWithACertificate_CallsTheServer()
    {
        var files = await RegisterAsync("uri:spiffe://products.example/app/*");

        var called = await UntilAsync(() => CurlAsync(files), result => result.Output.Contains("serverInfo"));

        called.Output.ShouldContain("serverInfo");
    }

    [Fact]
    public async Task Connect_UndiciWithACertificate_CallsTheServer()
    {
        var files = await RegisterAsync("uri:" + Identity);

        var called = await UntilAsync(() => UndiciAsync(files), result => result.Output.Contains("serverInfo"));

        called.Output.ShouldStartWith("200 ");
    }

    [Fact]
    public async Task Connect_CurlOfAnotherName_IsRefused()
    {
        var files = await RegisterAsync("uri:spiffe://products.example/app/two");
        var known = await RegisterAsync("uri:" + Identity); // a later feed that works says that this one is there, too
        await UntilAsync(() => CurlAsync(known), result => result.Output.Contains("serverInfo"));

        var refused = await CurlAsync(files);

        refused.ExitCode.ShouldBe(56);
        refused.Error.ShouldContain("response 403");
    }

    [Fact] // S33: here the edge ends a TLS connection of the client, and what is inside stays closed to it
    public async Task Edge_CarryingACallOfAProxyClient_CannotReadQuestionOrAnswer()
    {
        var files = await RegisterAsync("uri:" + Identity);
        var begun = await UntilAsync(
            () => CurlAsync(files, "--include"),
            result => result.Output.Contains("serverInfo")
        );
        var session = SessionId().Match(begun.Output).Groups["id"].Value;
        var canary = $"canary-{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
        byte[][] encodings = [Encoding.UTF8.GetBytes(canary), Encoding.Unicode.GetBytes(canary)];
        var edge = Installation.Edge.Process.Stamp.Pid;

        System.UpstreamSide.Hold();
        Task<ToolResult> call;
        try
        {
            call = PostAsync(files, Echo(canary), "--header", $"Mcp-Session-Id: {session}");
            await UntilAsync(
                () => Task.FromResult(System.UpstreamSide.Count(encodings[0]) > 0),
                "the question is at the server",
                Limit
            );
            ProcessMemory.Count(edge, encodings).ShouldBe(0);
            ProcessMemory
                .Count(Installation.Agent.Process.Stamp.Pid, encodings)
                .ShouldBePositive("the control run must find the canary where it is readable");
        }
        finally
        {
            System.UpstreamSide.Release();
        }

        (await call).Output.ShouldContain($"Echo: {canary}");
        ProcessMemory.Count(edge, encodings).ShouldBe(0);
        System.AgentSide.Count(encodings[0]).ShouldBe(0);
        (await File.ReadAllTextAsync(Installation.Edge.Process.LogFile, Cancel)).ShouldNotContain(canary);
        (await Installation.Edge.Health.MetricsAsync(Cancel)).ShouldNotContain(canary);
    }

    private static string Echo(string text) =>
        $$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"echo","arguments":{"message":"{{text}}"} } }""";

    [Fact] // issue of every offline tunnel: the client hears at once, and of what
    public async Task Pause_TunnelInUse_Is503AtOnceAndServesAgainOnceResumed()
    {
        var files = await RegisterAsync("uri:" + Identity);
        await UntilAsync(() => CurlAsync(files), result => result.Output.Contains("serverInfo"));
        var id = Installation.Record.Tunnel.Id;
        var begun = TimeProvider.System.GetTimestamp();

        await Installation.Operator.RunAsync($"tunnel pause {id}", Cancel, "--reason", "test");
        try
        {
            // The pause cuts a call that is in flight: that one gets no answer.
            var refused = await UntilAsync(
                () => CurlAsync(files, "--include"),
                result => result.Error.Contains("response 503", StringComparison.Ordinal)
            );
            Figure($"tunnel pause: refused after {TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds:0} ms");
            refused.Output.ShouldContain("tunnel_paused");
        }
        finally
        {
            await Installation.Operator.RunAsync($"tunnel resume {id}", Cancel);
        }

        await UntilAsync(() => CurlAsync(files), result => result.Output.Contains("serverInfo"));
    }

    /// <summary>An enterprise's client CA on the tunnel, and one certificate from it.</summary>
    private async Task<Files> RegisterAsync(string pattern)
    {
        var folder = Installation.Run.Folder($"clients-{Interlocked.Increment(ref lastClient)}");
        var pki = new TestPki(TimeProvider.System.GetUtcNow());
        using var client = pki.Issue(Identity, [], [TestPki.ClientAuthentication]);
        var files = new Files(
            Write("client.pem", client.ExportCertificatePem() + "\n" + pki.ChainPem),
            Write("client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())
        );
        await Installation.Operator.RunAsync(
            $"tunnel client-ca add {Installation.Record.Tunnel.Id}",
            Cancel,
            "--file",
            Write("ca.pem", pki.RootPem),
            "--identity",
            pattern
        );
        return files;

        string Write(string name, string text)
        {
            var file = Path.Combine(folder, name);
            File.WriteAllText(file, text);
            return file;
        }
    }

    private Task<ToolResult> CurlAsync(Files files, params string[] more) => PostAsync(files, Initialize, more);

    private async Task<ToolResult> PostAsync(Files files, string message, params string[] more)
    {
        string[] arguments =
        [
            "--silent",
            "--show-error",
            "--max-time",
            "20",
            "--noproxy",
            "", // whatever the environment says: the name would also lead straight to the other ingress
            "--proxy",
            Proxy(),
            "--proxy-cacert",
            Installation.Service.PlatformCaFile,
            "--proxy-cert",
            files.Certificate,
            "--proxy-key",
            files.Key,
            "--cacert",
            Installation.Record.Tunnel.TrustBundle,
            "--header",
            "Authorization: Bearer " + await Installation.TokenAsync(Installation.Endpoint, Cancel),
            "--header",
            "Content-Type: application/json",
            "--header",
            "Accept: application/json, text/event-stream",
            "--data",
            message,
            .. more,
            Installation.Endpoint.AbsoluteUri,
        ];
        return await Tool.RunAsync("curl", arguments, Path.GetTempPath(), Cancel);
    }

    private async Task<ToolResult> UndiciAsync(Files files) =>
        await Tool.RunAsync(
            "node",
            [
                Path.Combine(Checkout.Find().Root, "tests", "Peers", "ingress", "connect.mjs"),
                Proxy(),
                Installation.Endpoint.AbsoluteUri,
                await Installation.TokenAsync(Installation.Endpoint, Cancel),
                Installation.Service.PlatformCaFile,
                files.Certificate,
                files.Key,
                Installation.Record.Tunnel.TrustBundle,
            ],
            Path.GetTempPath(),
            Cancel
        );

    /// <summary>Until a change has reached the edge by its feed.</summary>
    private static async Task<ToolResult> UntilAsync(Func<Task<ToolResult>> run, Func<ToolResult, bool> isSo)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = await run();
            if (isSo(result))
            {
                return result;
            }

            TimeProvider
                .System.GetElapsedTime(begun)
                .ShouldBeLessThan(Limit, $"{result.ExitCode} {result.Output} {result.Error}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }

    // The edge's certificate names localhost.
    private string Proxy() =>
        $"https://localhost:{Listening().Matches(File.ReadAllText(Installation.Edge.Process.LogFile))[^1].Groups["port"].Value}";

    [GeneratedRegex("mcp-session-id: (?<id>\\S+)", RegexOptions.IgnoreCase)]
    private static partial Regex SessionId();

    [GeneratedRegex("listening connect 127\\.0\\.0\\.1:(?<port>\\d+)")]
    private static partial Regex Listening();

    private sealed record Files(string Certificate, string Key);
}
