using Culvert.Platform.Secrets;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Secrets;

public sealed class SecretUsesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");
    private readonly FakeTimeProvider time = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void LastUsedAt_AfterARead_IsItsTimeAndACheckDoesNotCount()
    {
        var secret = Write("one");
        new SecretUses(time).Follow(secret);
        secret.Problem().ShouldBeNull();
        secret.Peek().ShouldBe("one");
        var before = secret.LastUsedAt;

        secret.Read();

        (before, secret.LastUsedAt).ShouldBe((null, time.GetUtcNow()));
    }

    [Fact]
    public void LastUsedAt_AfterAReload_IsThatOfTheSameFile()
    {
        var (uses, former, other) = (new SecretUses(time), Write("one"), Write("two", "other"));
        uses.Follow(former);
        former.Read();
        var reloaded = SecretReference.ToFile(former.FilePath!);
        uses.Follow(reloaded);
        uses.Follow(other);

        time.Advance(TimeSpan.FromMinutes(1));
        former.Read(); // a part that the reload kept uses the former reference

        (reloaded.LastUsedAt, other.LastUsedAt).ShouldBe((time.GetUtcNow(), null));
    }

    [Fact]
    public void LastUsedAt_AReadThatFails_DoesNotCount()
    {
        var secret = SecretReference.ToFile(Path.Combine(folder.FullName, "none"));
        new SecretUses(time).Follow(secret);

        Should.Throw<SecretUnavailableException>(() => secret.Read());

        secret.LastUsedAt.ShouldBeNull();
        secret.FindWriteTime().ShouldBeNull();
    }

    // Kubernetes replaces the target and leaves the link.
    [Fact]
    public void FindWriteTime_ALink_IsThatOfItsTarget()
    {
        var target = Write("one");
        File.SetLastWriteTimeUtc(target.FilePath!, DateTime.UnixEpoch);
        var link = Path.Combine(folder.FullName, "link");
        File.CreateSymbolicLink(link, target.FilePath!);

        SecretReference.ToFile(link).FindWriteTime().ShouldBe(DateTimeOffset.UnixEpoch);
    }

    private SecretReference Write(string text, string name = "secret")
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, PrivateFile.Mode);
        return SecretReference.ToFile(path);
    }
}
