using Culvert.Identity.Service.Federation;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation;

public sealed class PersistentMapTests
{
    [Fact]
    public void With_Entries_LeavesTheOriginalAsItWas()
    {
        var before = PersistentMap<string>.Empty.With([new("a", "1"), new("b", "2")]);

        var after = before.With([new("b", "3"), new("c", "4")]);

        before.Count.ShouldBe(2);
        before.Find("b").ShouldBe("2");
        before.Find("c").ShouldBeNull();
        after.Count.ShouldBe(3);
        after.Find("a").ShouldBe("1");
        after.Find("b").ShouldBe("3");
        after.Find("c").ShouldBe("4");
        after.Values.Order(StringComparer.Ordinal).ShouldBe(["1", "3", "4"]);
        PersistentMap<string>.Empty.Count.ShouldBe(0);
    }

    [Fact]
    public void With_ManyVersions_EachReadsAsADictionaryWould()
    {
        var random = new Random(17);
        var map = PersistentMap<string>.Empty;
        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 2000; i++)
        {
            var changes = Enumerable
                .Range(0, random.Next(4))
                .Select(_ => KeyValuePair.Create($"k{random.Next(3000)}", $"v{random.Next()}"))
                .ToList();
            map = map.With(changes);
            foreach (var (key, value) in changes)
            {
                expected[key] = value;
            }
        }

        map.Count.ShouldBe(expected.Count);
        map.Values.Order(StringComparer.Ordinal).ShouldBe(expected.Values.Order(StringComparer.Ordinal));
        foreach (var (key, value) in expected)
        {
            map.Find(key).ShouldBe(value);
        }

        map.Find("k").ShouldBeNull();
    }
}
