using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http;

public sealed class FormParametersTests
{
    [Fact]
    public void TryParse_Escapes_AreDecodedOnce()
    {
        Parse("a=x+y%2Bz%2525&b=%C3%A4&c=&d", out var form).ShouldBeNull();

        form.Text("a").ShouldBe("x y+z%25");
        form.Text("b").ShouldBe("ä");
        form.Text("c").ShouldBeNull();
        form.Text("d").ShouldBeNull();
        form.Count("d").ShouldBe(1);
        form.Text("A").ShouldBeNull();
    }

    [Fact]
    public void TryParse_ValueWithoutEscapes_IsNotCopied()
    {
        var body = Encoding.ASCII.GetBytes("assertion=abc.def");

        FormParameters.TryParse(body, "resource", out var form).ShouldBeNull();
        body[10] = (byte)'X';

        form.Text("assertion").ShouldBe("Xbc.def");
    }

    [Fact]
    public void TryParse_RepeatableName_IsCounted()
    {
        Parse("resource=a&resource=b", out var form).ShouldBeNull();
        form.Count("resource").ShouldBe(2);
    }

    [Fact]
    public void TryParse_AnyBytes_GiveParametersOrASentence() =>
        Prop.ForAll<byte[]>(body =>
            {
                var problem = FormParameters.TryParse(body, "resource", out var form);
                return problem is not null || form.Count("resource") >= 0;
            })
            .CheckSeeded();

    // What an ordinary encoder writes is read back as it was.
    [Fact]
    public void TryParse_AnyText_ComesBack() =>
        Prop.ForAll<NonNull<string>>(value =>
            {
                var text = new string([.. value.Get.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
                var problem = Parse($"a={Uri.EscapeDataString(text)}", out var form);
                return problem is null && (form.Text("a") ?? "") == text;
            })
            .CheckSeeded();

    private static string? Parse(string body, out FormParameters form) =>
        FormParameters.TryParse(Encoding.Latin1.GetBytes(body), "resource", out form);
}
