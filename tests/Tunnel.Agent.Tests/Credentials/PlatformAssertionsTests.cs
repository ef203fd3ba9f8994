using System.Buffers.Text;
using System.Text;
using Culvert.Machine.Client.Tokens;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>The token of the agent's platform as an assertion: only for a receiver that it names.</summary>
public sealed class PlatformAssertionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-platform-").FullName;
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string TokenPath => Path.Combine(folder, "token");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Get_TokenFile_IsReadAtEachUse()
    {
        var source = new PlatformAssertions(new IdentityTokenOptions { File = TokenPath }, time);
        var (first, second) = (Write("""{"aud":"sts.amazonaws.com","n":1}"""), "");

        (await source.GetAsync("sts.amazonaws.com", Token)).Value.ShouldBe(first);
        second = Write("""{"aud":["x","sts.amazonaws.com"],"n":2}""");
        (await source.GetAsync("sts.amazonaws.com", Token)).Value.ShouldBe(second);
    }

    [Theory]
    [InlineData("""{"aud":"https://identity.example"}""")]
    [InlineData("""{"aud":["https://identity.example"]}""")]
    [InlineData("""{"aud":1}""")]
    [InlineData("""{"sub":"a"}""")]
    [InlineData("no JSON")]
    public async Task Get_TokenForAnotherReceiver_IsNotSent(string claims)
    {
        Write(claims);

        (
            await new PlatformAssertions(new IdentityTokenOptions { File = TokenPath }, time).GetAsync(
                "sts.amazonaws.com",
                Token
            )
        ).ShouldBe(
            IssuedToken.Failed(
                $"The identity token's file {TokenPath} does not name the audience sts.amazonaws.com and was not sent.",
                time.GetUtcNow()
            )
        );
    }

    [Fact]
    public async Task Get_NoToken_IsTheProblem()
    {
        var source = new PlatformAssertions(new IdentityTokenOptions { File = TokenPath }, time);

        var issued = await source.GetAsync("sts.amazonaws.com", Token);

        issued.Value.ShouldBeEmpty();
        issued.Problem.ShouldContain(TokenPath);
    }

    private string Write(string claims)
    {
        var token = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
        File.WriteAllText(TokenPath, token);
        File.SetUnixFileMode(TokenPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return token;
    }
}
