using Culvert.CrashWriter;
using Culvert.Identity.Service.Configuration;

// crash-writer journal|certificates FOLDER ANSWERS [CONNECTION]
if (args is not [var work, var folder, var path, .. var rest])
{
    await Console.Error.WriteLineAsync("usage: crash-writer journal|certificates FOLDER ANSWERS [CONNECTION]");
    return 64;
}

var options = WriterOptions.For(folder, rest is [var connection] ? connection : null);
await using var answers = new AnswerFile(path);
await (work == "journal" ? JournalWriter.RunAsync(options, answers) : CertificateWriter.RunAsync(options, answers));
return 0;
