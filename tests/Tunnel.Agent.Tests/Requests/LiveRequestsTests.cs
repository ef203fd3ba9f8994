using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Requests;

/// <summary>S35: what runs for a person ends with the feed that off-boards the person.</summary>
public sealed class LiveRequestsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly LiveRequests live = new(RevocationState.None);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Apply_OffBoardedPerson_EndsAllTheirStreamsAndNoOther()
    {
        const int theirs = 100;
        await using var upstream = Streaming();
        await using var fixture = await StartAsync(upstream.Port);
        var clients = new List<RawClient>();
        try
        {
            for (var i = 0; i < theirs + 2; i++)
            {
                var subject = i < theirs ? "alice" : "bob";
                var client = new RawClient(await fixture.Tunnel.ConnectAsync());
                clients.Add(client);
                await client.SendAsync(
                    $"GET /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n"
                        + $"Authorization: Bearer {fixture.Token(claims => claims["sub"] = subject)}\r\n\r\n"
                );
                await client.ReadUntilAsync(": hi\n\r\n");
            }

            live.Count.ShouldBe(theirs + 2);
            live.Apply(OffBoard(fixture, "alice")).ShouldBe(theirs);

            foreach (var client in clients.Take(theirs))
            {
                await Should.ThrowAsync<IOException>(() => client.ReadBytesAsync(1).WaitAsync(Eventually.Limit, Token));
            }

            await Eventually.UntilAsync(() => live.Count == 2, Token);
            clients.Skip(theirs).ShouldAllBe(client => !client.ReadBytesAsync(1).IsCompleted);
        }
        finally
        {
            foreach (var client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Apply_CallInFlight_IsAnsweredAndTheUpstreamIsLeft()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = RawUpstream.Scripted(
            async (_, _, token) =>
            {
                reached.TrySetResult();
                await Never.RespondAsync(token);
                return false;
            }
        );
        await using var fixture = await StartAsync(upstream.Port);
        var call = fixture.SendAsync(fixture.Token());
        await reached.Task.WaitAsync(Eventually.Limit, Token);

        live.Apply(OffBoard(fixture, "alice")).ShouldBe(1);

        using var answer = await call.WaitAsync(Eventually.Limit, Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["agent.token_invalid"]);
        answer.Headers.WwwAuthenticate.ToString().ShouldContain("error=\"invalid_token\"");
        await Eventually.UntilAsync(() => live.Count == 0, Token);
    }

    [Fact]
    public async Task Serve_CompletedCalls_LeaveNothingRegistered()
    {
        await using var upstream = RawUpstream.Answering(OauthFixture.Ok);
        await using var fixture = await StartAsync(upstream.Port);
        using (var answer = await fixture.SendAsync(fixture.Token()))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await Eventually.UntilAsync(() => live.Count == 0, Token);
        live.Apply(OffBoard(fixture, "alice")).ShouldBe(0);
    }

    private async Task<OauthFixture> StartAsync(int port)
    {
        var fixture = new OauthFixture();
        fixture.Tunnel.Add(
            "docs",
            port,
            fixture.Access(live: live),
            u => u with { Timeouts = new UpstreamTimeouts(Long, Long, Long) }
        );
        await fixture.Tunnel.StartAsync();
        return fixture;
    }

    private static RawUpstream Streaming() =>
        RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n: hi\n\r\n"u8.ToArray(),
                    token
                );
                await Never.RespondAsync(token);
                return false;
            }
        );

    private static RevocationState OffBoard(OauthFixture fixture, string subject) =>
        RevocationState.From(
            told: null,
            organizationIssuer: null,
            [
                new AgentFeedOffBoarding(
                    Issuer: fixture.Issuer.Url,
                    IssuerId: "fdis_1",
                    SubjectHash: Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(subject))),
                    IssuedBefore: fixture.Time.GetUtcNow().ToUnixTimeSeconds() + 1
                ),
            ]
        );
}
