using Culvert.Tunnel.Agent.Policy.Answers.Masks;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers.Masks;

/// <summary>What is found and masked in a text, and what is left alone.</summary>
public sealed class DetectedTextTests
{
    [Theory]
    [InlineData("write to alice@example.com.", "write to a***@example.com.")]
    [InlineData("<alice@example.com>,bob@example.org", "<a***@example.com>,b***@example.org")]
    [InlineData("mailto:'alice@example.com'", "mailto:'a***@example.com'")]
    [InlineData("alice@example.com-2024", "a***@example.com-2024")]
    [InlineData("a@b@example.com", "a@b***@example.com")]
    [InlineData("\U0001F600alice@example.com\U0001F600", "\U0001F600***@example.com\U0001F600")]
    [InlineData("lodash@4.17.21", "lodash@4.17.21")]
    [InlineData("@alice at example.com", "@alice at example.com")]
    [InlineData("alice@localhost", "alice@localhost")]
    [InlineData("alice@example.c", "alice@example.c")]
    [InlineData("alice @example.com", "alice @example.com")]
    public void Email(string text, string masked) => Mask(text, Detectors.Email).ShouldBe(masked);

    [Theory]
    [InlineData("pay DE89 3704 0044 0532 0130 00 now", "pay DE** **** 3000 now")]
    [InlineData("IBAN:DE89370400440532013000EUR", "IBAN:DE** **** 3000EUR")]
    [InlineData("DE89\u00A03704\u00A00044\u00A00532\u00A00130\u00A000", "DE** **** 3000")]
    [InlineData("\U0001F600GB29NWBK60161331926819,BE68539007547034", "\U0001F600GB** **** 6819,BE** **** 7034")]
    [InlineData("DE88370400440532013000", "DE88370400440532013000")]
    [InlineData("XDE89370400440532013000", "XDE89370400440532013000")]
    [InlineData("DE893704004405320130001", "DE893704004405320130001")]
    [InlineData("DE89 3704  0044 0532 0130 00", "DE89 3704  0044 0532 0130 00")]
    [InlineData("ZZ89370400440532013000", "ZZ89370400440532013000")]
    public void Iban(string text, string masked) => Mask(text, Detectors.Iban).ShouldBe(masked);

    [Theory]
    [InlineData("card 4111 1111 1111 1111, exp 12/27", "card **** 1111, exp 12/27")]
    [InlineData("4111-1111-1111-1111", "**** 1111")]
    [InlineData("4111111111111111 123", "**** 1111 123")]
    [InlineData("4111111111111111;378282246310005", "**** 1111;**** 0005")]
    [InlineData("14 4111 1111 1111 1111", "**** 1111")] // 14 4111 1111 1111 has a check digit of its own
    [InlineData("\U0001F6004111111111111111\U0001F600", "\U0001F600**** 1111\U0001F600")]
    [InlineData("4111111111111112", "4111111111111112")]
    [InlineData("41111111111111111111", "41111111111111111111")]
    [InlineData("411111111111", "411111111111")]
    [InlineData("f4111111111111111", "f4111111111111111")]
    [InlineData("4111  1111 1111 1111", "4111  1111 1111 1111")]
    public void Card(string text, string masked) => Mask(text, Detectors.Card).ShouldBe(masked);

    [Theory]
    [InlineData("call +49 30 1234567!", "call +** ** *****67!")]
    [InlineData("call 0049 30 1234567", "call **** ** *****67")]
    [InlineData("Tel. 030 / 123 45 67", "Tel. *** / *** ** 67")]
    [InlineData("(030) 1234567", "(***) *****67")]
    [InlineData("(555) 123-4567 or 555.123.4567", "(***) ***-**67 or ***.***.**67")]
    [InlineData("+49 30 1234567, +49 30 7654321", "+** ** *****67, +** ** *****21")]
    [InlineData("01.02.2024 12:30", "01.02.2024 12:30")]
    [InlineData("2024-01-02T03:04:05.678901234Z", "2024-01-02T03:04:05.678901234Z")]
    [InlineData("192.168.100.200:8080", "192.168.100.200:8080")]
    [InlineData("0.1234567891", "0.1234567891")]
    [InlineData("12345678", "12345678")]
    [InlineData("order 555-12-34567", "order 555-12-34567")]
    [InlineData("12-0301234567", "12-0301234567")]
    [InlineData("a1+49301234567", "a1+49301234567")]
    [InlineData("+12 345", "+12 345")]
    public void Phone(string text, string masked) => Mask(text, Detectors.Phone).ShouldBe(masked);

    [Fact]
    public void All_AreFoundInOneText_AndCounted()
    {
        var masked = DetectedText.Mask(
            "alice@example.com DE89370400440532013000 4111111111111111 +49 30 1234567",
            Detectors.All,
            out var count
        );

        masked.ShouldBe("a***@example.com DE** **** 3000 **** 1111 +** ** *****67");
        count.ShouldBe(4);
    }

    [Fact]
    public void None_LeavesTheTextItself()
    {
        const string Text = "alice@example.com 4111111111111111";

        DetectedText.Mask(Text, Detectors.None, out var none).ShouldBeSameAs(Text);
        DetectedText.Mask(Text, Detectors.Iban | Detectors.Phone, out var other).ShouldBeSameAs(Text);
        (none + other).ShouldBe(0);
    }

    // A detector that read the rest of the text at every place would need hours.
    [Theory]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("a@b.")]
    [InlineData("a")]
    [InlineData("1")]
    [InlineData("1 ")]
    [InlineData("0")]
    [InlineData("01 ")]
    [InlineData("+1")]
    [InlineData("(")]
    [InlineData("DE89 ")]
    [InlineData("DE89")]
    [InlineData("4111111111111111 ")]
    [InlineData("\U0001F600")]
    public void MebibyteOfOnePart_IsMaskedInLinearTime(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, (1 << 20) / part.Length));
        var started = TimeProvider.System.GetTimestamp();

        DetectedText.Mask(text, Detectors.All, out _);

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Names_AreThoseOfTheDetectors()
    {
        DetectedText.Names.Select(DetectedText.Find).Aggregate((all, one) => all | one).ShouldBe(Detectors.All);
        DetectedText.Find("email").ShouldBe(Detectors.Email);
        DetectedText.Find("phone").ShouldBe(Detectors.Phone);
        DetectedText.Find("Phone").ShouldBe(Detectors.None);
    }

    private static string Mask(string text, Detectors detectors) => DetectedText.Mask(text, detectors, out _);
}
