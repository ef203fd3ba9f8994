using System.Net;
using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class ConfigSectionTests : IDisposable
{
    private readonly ConfigFile file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Getters_OfAFullFile_GiveItsValues()
    {
        var root = file.Load(
            """
            name: "a b"
            on: true
            count: 7
            wait: 90d
            size: 64KiB
            rate: 50/1s
            mode: fast
            listen: "[::1]:8443"
            url: https://id.test:8443
            list: [x, "y"]
            nested: {key: v}
            map: {one: {k: 1}, two: {k: 2}}
            items: [{k: 3}]
            """
        ).Root;

        root.RequiredString("name").ShouldBe("a b");
        root.Bool("on", false).ShouldBeTrue();
        root.Int("count", 1, 1, 8).ShouldBe(7);
        root.Duration("wait", TimeSpan.Zero).ShouldBe(TimeSpan.FromDays(90));
        root.Size("size", 0).ShouldBe(65536);
        root.Rate("rate", default).ShouldBe(new Rate(50, TimeSpan.FromSeconds(1)));
        root.Choice("mode", "slow", "slow", "fast").ShouldBe("fast");
        root.EndPoint("listen", "127.0.0.1:1").ShouldBe(IPEndPoint.Parse("[::1]:8443"));
        root.Url("url", true, "https").ShouldBe(new Uri("https://id.test:8443"));
        root.Strings("list").ShouldBe(["x", "y"]);
        root.Section("nested").String("key").ShouldBe("v");
        root.Map("map").Select(e => (e.Name, e.Section.Int("k", 0))).ShouldBe([("one", 1), ("two", 2)]);
        root.List("items").Select(e => e.Int("k", 0)).ShouldBe([3]);
    }

    [Fact]
    public void Section_AskedForTwice_KnowsWhatBothAskedFor() =>
        file.Errors(
                "nested: {one: 1, two: 2}",
                root =>
                {
                    root.Section("nested").Int("one", 0);
                    root.Section("nested").Int("two", 0);
                }
            )
            .ShouldBeEmpty();

    [Fact]
    public void Getters_OfAnEmptyFile_GiveTheDefaults()
    {
        var document = file.Load("");
        var root = document.Root;

        root.String("name", "d").ShouldBe("d");
        root.Bool("on", true).ShouldBeTrue();
        root.Section("a").Section("b").Duration("wait", TimeSpan.FromSeconds(5)).ShouldBe(TimeSpan.FromSeconds(5));
        root.Strings("list", "x").ShouldBe(["x"]);
        root.Map("map").ShouldBeEmpty();
        root.Secret("secret").ShouldBeNull();
        root.Path("path").ShouldBe("");
        document.Complete().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        "n: 0",
        "test.yaml:2: n: '0': This is not a whole number from 1 to 8. Write a whole number from 1 to 8."
    )]
    [InlineData(
        "n: 9",
        "test.yaml:2: n: '9': This is not a whole number from 1 to 8. Write a whole number from 1 to 8."
    )]
    [InlineData(
        "n: 1.5",
        "test.yaml:2: n: '1.5': This is not a whole number from 1 to 8. Write a whole number from 1 to 8."
    )]
    [InlineData("n: \"1\"", "test.yaml:2: n: '1': This is quoted text. Remove the quotes.")]
    [InlineData("n: [1]", "test.yaml:2: n: This is a list, not a single value. Write `n: …` in one line.")]
    [InlineData("n: {a: 1}", "test.yaml:2: n: This is a mapping, not a single value. Write `n: …` in one line.")]
    [InlineData("n:", "test.yaml:2: n: This key has no value. Give it one, write \"\" for none, or remove it.")]
    [InlineData("n: ~", "test.yaml:2: n: This key has no value. Give it one, write \"\" for none, or remove it.")]
    public void Int_OutsideItsRule_IsReportedWithPlaceValueAndRemedy(string yaml, string expected) =>
        file.Errors(yaml, root => root.Int("n", 1, 1, 8)).ShouldBe([expected]);

    [Theory]
    [InlineData("yes")]
    [InlineData("True")]
    [InlineData("on")]
    [InlineData("1")]
    public void Bool_OtherWords_AreRefused(string written) =>
        file.Errors($"b: {written}", root => root.Bool("b", false))
            .ShouldBe([$"test.yaml:2: b: '{written}': This is not true or false. Write true or false."]);

    [Theory]
    [InlineData("1s", true)]
    [InlineData("5m", true)]
    [InlineData("300s", true)]
    [InlineData("999ms", false)]
    [InlineData("301s", false)]
    [InlineData("1", false)]
    [InlineData("-1s", false)]
    [InlineData("1.5s", false)]
    [InlineData("1 s", false)]
    [InlineData("1S", false)]
    [InlineData("99999999999999d", false)]
    public void Duration_OnBothSidesOfItsBounds(string written, bool valid) =>
        (
            file.Errors(
                $"d: {written}",
                root => root.Duration("d", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
            ).Count == 0
        ).ShouldBe(valid);

    [Theory]
    [InlineData("1KiB", true)]
    [InlineData("1024", true)]
    [InlineData("1MiB", true)]
    [InlineData("1023", false)]
    [InlineData("2MiB", false)]
    [InlineData("1KB", false)]
    [InlineData("1kib", false)]
    [InlineData("-1", false)]
    [InlineData("9999999999999999999GiB", false)]
    public void Size_OnBothSidesOfItsBounds(string written, bool valid) =>
        (file.Errors($"s: {written}", root => root.Size("s", 2048, 1024, 1 << 20)).Count == 0).ShouldBe(valid);

    [Theory]
    [InlineData("127.0.0.1:0", true)]
    [InlineData("[::]:8443", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("[::1]", false)]
    [InlineData("8443", false)]
    [InlineData(":8443", false)]
    [InlineData("::1:8443", false)]
    [InlineData("localhost:8443", false)]
    [InlineData("127.0.0.1:65536", false)]
    public void EndPoint_NeedsAddressAndPort(string written, bool valid) =>
        (file.Errors($"e: \"{written}\"", root => root.EndPoint("e", "127.0.0.1:1")).Count == 0).ShouldBe(valid);

    [Theory]
    [InlineData("https://a.test", true)]
    [InlineData("https://a.test:8443/x", true)]
    [InlineData("http://a.test", false)]
    [InlineData("https://u:p@a.test", false)]
    [InlineData("https://a.test?q", false)]
    [InlineData("https://a.test#f", false)]
    [InlineData("a.test", false)]
    [InlineData("/x", false)]
    public void Url_OfAnotherSchemeOrWithMore_IsRefused(string written, bool valid) =>
        (file.Errors($"u: \"{written}\"", root => root.Url("u", false, "https")).Count == 0).ShouldBe(valid);

    [Fact]
    public void Ranges_WithAnUnreadableOne_NamesIt() =>
        file.Errors("r: [10.0.0.0/8, 10.0.0.1/8]", root => root.Ranges("r"))
            .ShouldBe([
                "test.yaml:2: r[1]: '10.0.0.1/8': This is not a range such as 10.0.0.0/8. Write a range such as 10.0.0.0/8.",
            ]);

    [Fact]
    public void RequiredString_Missing_NamesTheSection() =>
        file.Errors("a: {}", root => root.Section("a").RequiredString("id"))
            .ShouldBe(["test.yaml:2: a.id: This key is required. Add `id: …` under `a`."]);

    [Fact]
    public void UnknownKeys_AreReportedWithTheNearestKnown()
    {
        void Read(ConfigSection root)
        {
            root.Section("tunnel").Int("connections", 2);
            root.String("state_dir");
        }

        file.Errors("tunnel: {conections: 2}\nstatedir: x\nqqqqqqqq: 1", Read)
            .ShouldBe([
                "test.yaml:2: tunnel.conections: Unknown key. Did you mean connections?",
                "test.yaml:3: statedir: Unknown key. Did you mean state_dir?",
                "test.yaml:4: qqqqqqqq: Unknown key. Remove it, or use one of: config_version, tunnel, state_dir.",
            ]);
    }

    [Fact]
    public void UnknownKeys_InMapsAndLists_AreReportedWithTheirPath()
    {
        void Read(ConfigSection root)
        {
            foreach (var (_, route) in root.Map("routes"))
            {
                route.String("url");
            }

            foreach (var item in root.List("items"))
            {
                item.String("name");
            }
        }

        file.Errors("routes:\n  docs: {urk: x}\nitems:\n  - {nam: y}", Read)
            .ShouldBe([
                "test.yaml:3: routes.docs.urk: Unknown key. Did you mean url?",
                "test.yaml:5: items[0].nam: Unknown key. Did you mean name?",
            ]);
    }

    [Fact]
    public void AllErrors_AreReportedAtOnce() =>
        file.Errors(
                "a: x\nb: y\nc: z",
                root =>
                {
                    root.Int("a", 1);
                    root.Bool("b", false);
                }
            )
            .Count.ShouldBe(3);

    [Fact]
    public void Former_Set_IsRefusedUnlessItChangesNothing()
    {
        void Read(ConfigSection root)
        {
            root.Former("acme");
            root.Former("detector", permitted: "none");
        }

        file.Errors("acme: {directory: x}\ndetector: auto", Read)
            .ShouldBe([
                "test.yaml:2: acme: This key is not supported by this version. Remove it.",
                "test.yaml:3: detector: This key is not supported by this version. Remove it.",
            ]);
        file.Errors("detector: none", Read).ShouldBeEmpty();
    }

    [Fact]
    public void Secret_WrittenOut_IsRefusedAndNotRepeated()
    {
        var errors = file.Errors("token: hunter2-hunter2", root => root.Secret("token"));

        errors.ShouldBe(["test.yaml:2: token: A secret must not be written here. Write file:/path or env:NAME."]);
        file.Load("token: hunter2-hunter2").Values.ShouldNotContain(v => v.Text.Contains("hunter2-hunter2"));
    }

    [Fact]
    public void Secret_FileOpenToOthers_IsRefused()
    {
        var path = Path.Combine(file.Folder, "token");
        File.WriteAllText(path, "hunter2-hunter2");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        file.Errors("token: file:token", root => root.Secret("token"))
            .ShouldBe([
                "test.yaml:2: token: token can be read by others: run `chmod 600 token`. Provide the secret at the place that the reference names.",
            ]);
    }

    [Fact]
    public void Path_Relative_StartsAtTheFilesFolder() =>
        file.Load("p: sub/x.pem").Root.Path("p").ShouldBe(Path.Combine(file.Folder, "sub/x.pem"));

    [Fact]
    public void Error_FromTheCaller_StandsAtTheKeysLine() =>
        file.Errors(
                "a: 1\nb: 2",
                root =>
                {
                    root.String("a");
                    root.String("b");
                    root.Error("b", "Excludes a.", "Remove one.");
                }
            )
            .ShouldBe(["test.yaml:3: b: '2': Excludes a. Remove one."]);
}
