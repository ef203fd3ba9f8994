using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Issuers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Exchange.Replays;

public sealed class ReplayPolicyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Seconds after the first use; who: the same holder ("same"), another ("other"), the same under another rule
    // ("rule"), the same with another token of that jti ("token").
    [Theory]
    [InlineData("Window", "Address", "other", 0, "Reissue")]
    [InlineData("Window", "DpopKey", "same", 119, "Reissue")]
    [InlineData("Window", "DpopKey", "same", 120, "Reused")]
    [InlineData("Window", "DpopKey", "other", 121, "Reused")]
    [InlineData("BoundReuse", "DpopKey", "same", 86_400, "Reissue")]
    [InlineData("BoundReuse", "Certificate", "same", 86_400, "Reissue")]
    [InlineData("BoundReuse", "DpopKey", "rule", 10, "Reissue")]
    [InlineData("BoundReuse", "DpopKey", "other", 1, "OtherHolder")]
    [InlineData("BoundReuse", "Address", "same", 59, "Reissue")]
    [InlineData("BoundReuse", "Address", "same", 60, "Reused")]
    [InlineData("BoundReuse", "Address", "rule", 1, "Reused")]
    [InlineData("BoundReuse", "Address", "other", 1, "OtherHolder")]
    [InlineData("BoundReuse", "Address", "other", 3600, "OtherHolder")]
    [InlineData("SingleUse", "DpopKey", "same", 59, "Reissue")]
    [InlineData("SingleUse", "DpopKey", "same", 60, "Reused")]
    [InlineData("SingleUse", "Certificate", "same", 30, "Reissue")]
    [InlineData("SingleUse", "DpopKey", "rule", 1, "Reused")]
    [InlineData("SingleUse", "DpopKey", "token", 1, "Reused")]
    [InlineData("SingleUse", "DpopKey", "other", 1, "OtherHolder")]
    [InlineData("SingleUse", "Address", "same", 0, "Reused")]
    [InlineData("SingleUse", "Address", "other", 0, "Reused")]
    // A clock that was set back lengthens nothing; a difference of a second between nodes does not count as that.
    [InlineData("Window", "DpopKey", "same", -6, "Reused")]
    [InlineData("SingleUse", "DpopKey", "same", -6, "Reused")]
    [InlineData("BoundReuse", "Address", "same", -6, "Reused")]
    [InlineData("SingleUse", "DpopKey", "same", -1, "Reissue")]
    public void Judge_SecondUse_IsHarmlessOnlyFromTheSameClient(
        string mode,
        string holder,
        string who,
        int seconds,
        string expected
    )
    {
        var first = Tag(Enum.Parse<ReplayHolderKind>(holder));
        var again = who switch
        {
            "other" => first with { Holder = 2 },
            "rule" => first with { Rule = 2 },
            "token" => first with { Assertion = 2 },
            _ => first,
        };
        again = again with { FirstUse = Start.AddSeconds(seconds), Family = "BBBBBBBBBBBBBBBBBBBBBA" };

        ReplayPolicy
            .Judge(
                Enum.Parse<ReplayMode>(mode),
                first,
                again,
                window: TimeSpan.FromSeconds(120),
                reissueWindow: TimeSpan.FromSeconds(60)
            )
            .ToString()
            .ShouldBe(expected);
    }

    // Bound first and unbound later, or the other way round, are two clients.
    [Theory]
    [InlineData("BoundReuse", "DpopKey", "Address")]
    [InlineData("BoundReuse", "Address", "DpopKey")]
    [InlineData("BoundReuse", "DpopKey", "Certificate")]
    [InlineData("SingleUse", "DpopKey", "Address")]
    [InlineData("SingleUse", "Address", "DpopKey")]
    public void Judge_OtherKindOfHolder_IsAnotherHolder(string mode, string first, string again) =>
        ReplayPolicy
            .Judge(
                Enum.Parse<ReplayMode>(mode),
                Tag(Enum.Parse<ReplayHolderKind>(first)),
                Tag(Enum.Parse<ReplayHolderKind>(again)),
                TimeSpan.FromSeconds(120),
                TimeSpan.FromSeconds(60)
            )
            .ShouldBe(ReplayVerdict.OtherHolder);

    [Fact]
    public void Tag_WrittenAndRead_IsTheSame()
    {
        var tag = Tag(ReplayHolderKind.Certificate) with
        {
            Holder = UInt128.MaxValue - 7,
            Assertion = 12345,
            Rule = ulong.MaxValue,
            FirstUse = Start.AddMilliseconds(987),
        };

        var bytes = tag.ToArray();

        bytes.Length.ShouldBe(ReplayTag.SizeBytes);
        ReplayTag.TryRead(bytes, out var read).ShouldBeTrue();
        read.ShouldBe(tag);
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(63, 1, 0)]
    [InlineData(65, 1, 0)]
    [InlineData(64, 2, 0)]
    [InlineData(64, 1, 3)]
    public void Tag_NotOurs_IsNotRead(int length, byte form, byte kind)
    {
        var bytes = new byte[length];
        if (length > 1)
        {
            (bytes[0], bytes[1]) = (form, kind);
        }

        ReplayTag.TryRead(bytes, out _).ShouldBeFalse();
    }

    private static ReplayTag Tag(ReplayHolderKind kind) =>
        new()
        {
            HolderKind = kind,
            Holder = 1,
            Family = "AAAAAAAAAAAAAAAAAAAAAA",
            Assertion = 1,
            Rule = 1,
            FirstUse = Start,
        };
}
