using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

public sealed class StaticCredentialTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-static-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Get_ForACall_IsAUseAndForAProbeIsNot()
    {
        var time = new FakeTimeProvider();
        var path = Path.Combine(folder, "key");
        await File.WriteAllTextAsync(path, "s3cret-value", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(path, PrivateFile.Mode);
        var secret = SecretReference.ToFile(path);
        new SecretUses(time).Follow(secret);
        var credential = new StaticCredential("X-Api-Key", secret);

        var own = await credential.GetOwnAsync(TestContext.Current.CancellationToken);
        var usedByProbe = secret.LastUsedAt;
        var sent = await credential.GetAsync(null!, TestContext.Current.CancellationToken);

        (own.Value, sent.Value, usedByProbe).ShouldBe(("s3cret-value", "s3cret-value", null));
        secret.LastUsedAt.ShouldBe(time.GetUtcNow());
    }
}
