/* What a disk would still hold after a power cut, kept as a copy beside the real files.
 *
 * Loaded into a server by LD_PRELOAD. Writing and reading go their usual way: until the machine loses its power, a program
 * sees everything that it wrote. Only a call that promises durability carries anything into the copy:
 *
 *   fsync, fdatasync of a file       its bytes up to its length at the time of the call. A file of up to WHOLE_BYTES is copied
 *                                    whole, since it may have been written anew. Of a longer one what came after the copy's end:
 *                                    such files only grow, and whoever reads the copy checks that.
 *   fsync of the folder              which name leads to which file.
 *   truncate, ftruncate              count at once, which is the harsher choice: the bytes are gone.
 *
 * Nothing else is durable: not closing, renaming or removing, not sync_file_range (it does not write the length), not time.
 *
 *   SYNCED_COPY_OF     the tree whose files are watched, an absolute path without links: a file may be written and synced in one
 *                      folder of it and renamed into another
 *   SYNCED_COPY_NAMES  the folder in it whose names are kept; what only other folders name is not there after a cut
 *   SYNCED_COPY_IN     the copy, on the same file system:
 *     files/<inode>  what is durable of a file
 *     pins/<inode>   a hard link to the file itself, so that its number is not given to another one while it is copied
 *     names          "<inode> <name>" a line, as the folder was when it was last synced
 *     cut-at-folder  written by a test: a number n; the n-th fsync of the folder is where the power goes, before it did anything
 *
 * A failure of the copy ends the process: a test must not go on with a wrong disk.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHOLE_BYTES 65536

static const char *watched, *named, *copies;
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off_t);

/* A copy, because Redis writes the title of its process over its environment. */
static const char *of_environment(const char *name) {
    const char *value = getenv(name);
    return value == NULL ? NULL : strdup(value);
}

__attribute__((constructor)) static void find_the_real_ones(void) {
    watched = of_environment("SYNCED_COPY_OF");
    named = of_environment("SYNCED_COPY_NAMES");
    copies = of_environment("SYNCED_COPY_IN");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
}

static void fail(const char *what, const char *name) {
    fprintf(stderr, "synced_copy: %s %s: %s\n", what, name, strerror(errno));
    abort();
}

static int is_watched(const char *path) {
    size_t length = strlen(watched);
    return strncmp(path, watched, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Whether the descriptor is of a watched file or of the named folder; tells what it is. */
static int is_watched_descriptor(int fd, struct stat *facts) {
    char link[64], path[PATH_MAX];
    ssize_t length;

    if (watched == NULL || named == NULL || copies == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    return is_watched(path) && fstat(fd, facts) == 0 && (!S_ISDIR(facts->st_mode) || strcmp(path, named) == 0);
}

static void place(char *path, const char *folder, unsigned long long inode) {
    snprintf(path, PATH_MAX, "%s/%s/%llu", copies, folder, inode);
}

static int open_copy(unsigned long long inode, int flags) {
    char path[PATH_MAX];
    int copy;

    place(path, "files", inode);
    copy = open(path, O_RDWR | O_CLOEXEC | flags, 0600);
    if (copy < 0 && !(errno == ENOENT && !(flags & O_CREAT))) fail("cannot open", path);
    if (copy >= 0 && flock(copy, LOCK_EX) != 0) fail("cannot lock", path);
    return copy;
}

/* 0 when the file has no name any more, so that nobody can find it after a cut. */
static int pin(int folder, const char *name, unsigned long long inode) {
    char path[PATH_MAX];

    place(path, "pins", inode);
    if (linkat(folder, name, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 || errno == EEXIST) return 1;
    if (errno != ENOENT) fail("cannot link", path);
    return 0;
}

static void copy_bytes(int from, int to, off_t start, off_t end) {
    char bytes[65536];

    while (start < end) {
        size_t wanted = end - start < (off_t)sizeof bytes ? (size_t)(end - start) : sizeof bytes;
        ssize_t got = pread(from, bytes, wanted, start);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("cannot read", "a watched file");
        if (got == 0) return;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = pwrite(to, bytes + done, (size_t)(got - done), start + done);
            if (put < 0 && errno != EINTR) fail("cannot write", "a copy");
            if (put > 0) done += put;
        }
        start += got;
    }
}

static void copy_file(int fd, const struct stat *facts) {
    char link[64], path[PATH_MAX];
    struct stat copied;
    int from, copy;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (!pin(AT_FDCWD, link, facts->st_ino)) return;
    copy = open_copy(facts->st_ino, O_CREAT);
    place(path, "pins", facts->st_ino);
    /* The descriptor itself may be for writing only. */
    from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0 || fstat(copy, &copied) != 0) fail("cannot open", path);
    copy_bytes(from, copy, facts->st_size > WHOLE_BYTES ? copied.st_size : 0, facts->st_size);
    if (copied.st_size > facts->st_size && facts->st_size <= WHOLE_BYTES && real_ftruncate(copy, facts->st_size) != 0) fail("cannot cut", path);
    close(from);
    close(copy);
}

static void cut_if_asked(void) {
    char path[PATH_MAX];
    FILE *asked;
    int turn = 0;

    snprintf(path, sizeof path, "%s/cut-at-folder", copies);
    asked = fopen(path, "r+");
    if (asked == NULL) return;
    if (fscanf(asked, "%d", &turn) != 1) fail("cannot read", path);
    /* All of the server: a child of it must not write on. */
    if (turn == 1) kill(0, SIGKILL);
    rewind(asked);
    fprintf(asked, "%d\n", turn - 1);
    fclose(asked);
}

static void copy_names(void) {
    char fresh[PATH_MAX], path[PATH_MAX];
    DIR *folder = opendir(named);
    struct dirent *entry;
    struct stat facts;
    FILE *names;

    snprintf(fresh, sizeof fresh, "%s/names.%d", copies, (int)gettid());
    names = fopen(fresh, "w");
    if (folder == NULL || names == NULL) fail("cannot list", named);
    while ((entry = readdir(folder)) != NULL) {
        if (fstatat(dirfd(folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(facts.st_mode)) continue;
        if (!pin(dirfd(folder), entry->d_name, facts.st_ino)) continue;
        /* A file whose name is durable and whose bytes are not is there, and empty. */
        close(open_copy(facts.st_ino, O_CREAT));
        fprintf(names, "%llu %s\n", (unsigned long long)facts.st_ino, entry->d_name);
    }
    closedir(folder);
    snprintf(path, sizeof path, "%s/names", copies);
    if (fclose(names) != 0 || rename(fresh, path) != 0) fail("cannot write", path);
}

static int synced(int fd, int (*sync)(int)) {
    struct stat facts;
    int is_ours = is_watched_descriptor(fd, &facts);
    int answer;

    if (is_ours && S_ISDIR(facts.st_mode)) cut_if_asked();
    answer = sync(fd);
    if (answer != 0 || !is_ours) return answer;
    if (S_ISDIR(facts.st_mode)) copy_names();
    if (S_ISREG(facts.st_mode)) copy_file(fd, &facts);
    return 0;
}

int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

static void shorten_copy(const struct stat *facts, off_t length) {
    struct stat copied;
    int copy = open_copy(facts->st_ino, 0);

    if (copy < 0) return;
    if (fstat(copy, &copied) != 0 || (copied.st_size > length && real_ftruncate(copy, length) != 0)) fail("cannot cut", "a copy");
    close(copy);
}

int ftruncate(int fd, off_t length) {
    struct stat facts;
    int answer = real_ftruncate(fd, length);

    if (answer == 0 && is_watched_descriptor(fd, &facts) && S_ISREG(facts.st_mode)) shorten_copy(&facts, length);
    return answer;
}

int truncate(const char *path, off_t length) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int answer;

    if (fd < 0) return -1;
    answer = ftruncate(fd, length);
    close(fd);
    return answer;
}

/* Programs with large files call them so; a length is 64 bits wide in both. */
_Static_assert(sizeof(off_t) == 8, "off_t is 64 bits wide");
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }
int truncate64(const char *path, off64_t length) { return truncate(path, length); }
