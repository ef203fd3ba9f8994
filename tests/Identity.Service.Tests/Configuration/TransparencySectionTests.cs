using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Transparency;
using Org.BouncyCastle.Crypto.Parameters;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Configuration;

public sealed class TransparencySectionTests
{
    [Fact]
    public void Read_NothingWritten_HasNoWitnesses() => Witnesses("").ShouldBeEmpty();

    [Fact]
    public void Read_TwoWitnesses_AreKeptAsWritten()
    {
        var witnesses = Witnesses(
            $$"""
            transparency:
              witnesses:
                first: {url: "https://w1.example.com/log/", key: {{Key(1)}}}
                second: {url: "https://w2.example.com:8443", key: {{Key(
                2
            )}}, ca_file: /etc/roots.pem, networks: [10.1.0.0/16]}
            """
        );

        witnesses.Select(one => one.Name).ShouldBe(["first", "second"]);
        witnesses
            .Select(one => one.Url.AbsoluteUri)
            .ShouldBe(["https://w1.example.com/log/", "https://w2.example.com:8443/"]);
        witnesses.Select(one => one.Key.ToString()).ShouldBe([Key(1), Key(2)]);
        witnesses.Select(one => one.CaFile).ShouldBe(["", "/etc/roots.pem"]);
        witnesses.Select(one => one.Networks.ToString()).ShouldBe(["", "10.1.0.0/16"]);
    }

    [Theory]
    [InlineData("{key: KEY1}", "transparency.witnesses.w.url")]
    [InlineData("{url: http://w.example.com, key: KEY1}", "transparency.witnesses.w.url")]
    [InlineData("{url: https://w.example.com}", "transparency.witnesses.w.key")]
    [InlineData("{url: https://w.example.com, key: witness+00000000+BAAA}", "transparency.witnesses.w.key")]
    [InlineData("{url: https://w.example.com, key: otherKEY1}", "transparency.witnesses.w.key")]
    [InlineData("{url: https://w.example.com, key: KEY1, networks: [10.0.0.1/8]}", "transparency.witnesses.w.networks")]
    [InlineData("{url: https://w.example.com, key: KEY1, roots: a.pem}", "transparency.witnesses.w.roots")]
    public void Read_BadWitness_IsNamed(string written, string key) =>
        Errors($"transparency: {{witnesses: {{w: {written.Replace("KEY1", Key(1), StringComparison.Ordinal)}}}}}")
            .ShouldContain(error => error.Contains(key, StringComparison.Ordinal));

    [Fact]
    public void Read_OneKeyUnderTwoNames_WouldCountTwice()
    {
        var one = CosignatureKey.Parse(Key(1))!;

        Errors(Several([one.ToString(), (one with { Name = "another.example/w" }).ToString()]))
            .ShouldHaveSingleItem()
            .ShouldContain("transparency.witnesses");
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Read_SoManyWitnesses_FitIntoANote(int count, bool isValid)
    {
        var written = Several([.. Enumerable.Range(1, count).Select(Key)]);

        WrittenConfiguration.Load($"{WrittenConfiguration.Minimal}\n{written}").IsValid.ShouldBe(isValid);
    }

    private static string Several(string[] keys) =>
        "transparency: {witnesses: {"
        + string.Join(", ", keys.Select((key, i) => $"w{i}: {{url: \"https://w{i}.example.com\", key: {key}}}"))
        + "}}";

    private static string Key(int number)
    {
        var secret = new byte[Ed25519PrivateKeyParameters.KeySize];
        secret[0] = (byte)number;
        var key = new Ed25519PrivateKeyParameters(secret).GeneratePublicKey().GetEncoded();
        return new CosignatureKey($"witness.example/w{number}", key).ToString();
    }

    private static IReadOnlyList<WitnessOptions> Witnesses(string written) =>
        WrittenConfiguration
            .Load($"{WrittenConfiguration.Minimal}\n{written}")
            .Settings.ShouldNotBeNull()
            .Options.Transparency.Witnesses;

    private static IEnumerable<string> Errors(string written) =>
        WrittenConfiguration.Load($"{WrittenConfiguration.Minimal}\n{written}").Errors.Select(error => $"{error}");
}
