using Culvert.Platform.Secrets;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Secrets;

public sealed class SecretReferenceTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Read_File_IsReadAnewAndTrimmed()
    {
        var path = Write("one\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var reference = Parse("file:secret");

        var before = reference.Read();
        File.WriteAllText(path, "two\n");

        (before, reference.Read()).ShouldBe(("one", "two"));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Read_FileOpenToOthers_Throws(UnixFileMode extra)
    {
        Write("hunter2-hunter2", UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        var fault = Should.Throw<SecretUnavailableException>(() => Parse("file:secret").Read());

        fault.Message.ShouldContain("chmod 600");
        fault.ToString().ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public void Read_MissingOrEmpty_Throws()
    {
        Should.Throw<SecretUnavailableException>(() => Parse("file:none").Read());
        Should.Throw<SecretUnavailableException>(() => Parse("env:NONE").Read());
        Write(" \n", UnixFileMode.UserRead);
        Should.Throw<SecretUnavailableException>(() => Parse("file:secret").Read());
    }

    [Fact]
    public void Read_LargerThanTheBound_Throws()
    {
        Write(new string('x', 64 * 1024 + 1), UnixFileMode.UserRead);

        Parse("file:secret").Problem().ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    [InlineData(64 * 1024)]
    public void Read_UpToTheBound_IsWhole(int length)
    {
        var secret = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        Write(secret, UnixFileMode.UserRead);

        Parse("file:secret").Read().ShouldBe(secret);
    }

    [Fact]
    public void Read_Environment_LooksTheNameUp() =>
        Parse("env:NAME", name => name == "NAME" ? "v" : null).Read().ShouldBe("v");

    [Fact]
    public void ToString_ShowsTheReference() =>
        Parse("env:NAME", _ => "hunter2-hunter2").ToString().ShouldBe("env:NAME");

    [Theory]
    [InlineData("")]
    [InlineData("hunter2-hunter2")]
    [InlineData("file:")]
    [InlineData("env:")]
    [InlineData("FILE:/x")]
    public void TryParse_AnythingElse_IsRefused(string text) =>
        SecretReference.TryParse(text, "/", out _).ShouldBeFalse();

    private SecretReference Parse(string text, Func<string, string?>? environment = null)
    {
        SecretReference.TryParse(text, folder.FullName, out var reference, environment ?? (_ => null)).ShouldBeTrue();
        return reference!;
    }

    private string Write(string text, UnixFileMode mode)
    {
        var path = Path.Combine(folder.FullName, "secret");
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, mode);
        return path;
    }
}
